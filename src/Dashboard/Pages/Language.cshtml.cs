using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Texts;

namespace Pipeline.Dashboard.Pages;

public sealed class LanguageModel : PageModel
{
    public IActionResult OnPost([FromForm] string? language, [FromForm] string? from)
    {
        if (language is not null && Words.Languages.ContainsKey(language))
        {
            var options = SessionCookie.Options;
            options.MaxAge = TimeSpan.FromDays(365);
            Response.Cookies.Append(Words.Cookie, language, options);
        }
        return LocalRedirect(Url.IsLocalUrl(from) ? from : "/");
    }
}
