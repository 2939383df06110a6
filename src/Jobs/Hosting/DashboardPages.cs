using System.Text.Encodings.Web;

namespace Pipeline.Jobs.Hosting;

/// <summary>What stands in front of the dashboard: the sign-in form, and the refusal.</summary>
internal static class DashboardPages
{
    public static Task RefuseAsync(HttpContext context, string why) =>
        WriteAsync(context, StatusCodes.Status403Forbidden, $"<p>{HtmlEncoder.Default.Encode(why)}</p>");

    public static Task AskAsync(HttpContext context, bool wrong)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(context, StatusCodes.Status401Unauthorized, $"""
            <form method="post" action="{DashboardAccess.SignInPath}">
              <p>{(wrong ? "That is not the token." : "The dashboard asks for its token.")} It stands in the file that {JobsSettings.TokenFileVariable} names.</p>
              <p><input type="password" name="token" aria-label="Token" autocomplete="off" autofocus required> <button>Sign in</button></p>
            </form>
            """);
    }

    private static Task WriteAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'";
        return context.Response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Pipeline jobs</title><h1>Pipeline jobs</h1>{body}</html>", context.RequestAborted);
    }
}
