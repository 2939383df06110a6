using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Dashboard.Api;
using Pipeline.Dashboard.Texts;

namespace Pipeline.Dashboard.Door;

/// <summary>
/// What is said at the door, before anybody is known: a page in the manner of the others, or JSON for programs. It asks no server, so that
/// those who are kept out cost nothing more.
/// </summary>
internal static class DoorAnswer
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.BasicLatin, UnicodeRanges.Latin1Supplement, UnicodeRanges.HangulSyllables);

    /// <param name="say">Title and text, in the reader's words.</param>
    public static Task WriteAsync(HttpContext context, int status, Func<Words, (string Title, string Text)> say)
    {
        var words = context.RequestServices.GetRequiredService<Words>();
        var (title, text) = say(words);
        context.Response.StatusCode = status;
        if (TokenDoor.Guards(context))
            return context.Response.WriteAsJsonAsync(new ApiProblem(text), context.RequestAborted);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(
            $"""
             <!doctype html>
             <html lang="{words.Language}">
             <head>
               <meta charset="utf-8">
               <meta name="viewport" content="width=device-width, initial-scale=1">
               <meta name="color-scheme" content="light dark">
               <title>{Encoder.Encode(title)} · Pipeline</title>
               <link rel="icon" href="data:,">
               <link rel="stylesheet" href="/dashboard.css">
             </head>
             <body>
               <main id="main"><section class="narrow card"><h1>{Encoder.Encode(title)}</h1><p>{Encoder.Encode(text)}</p></section></main>
             </body>
             </html>

             """, context.RequestAborted);
    }
}
