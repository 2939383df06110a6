using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Pages;

public sealed class SignInModel(SignInDesk desk, SessionStore sessions, Words words) : PageModel
{
    /// <summary>Where to go afterwards: a path of this host.</summary>
    [BindProperty(Name = "wanted")]
    public string? Wanted { get; set; }

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    public string? Complaint { get; private set; }

    public void OnGet() => Wanted = HttpContext.Items[DashboardDoor.WantedItem] as string;

    public async Task<IActionResult> OnPostAsync([FromForm] string? password, [FromForm] string? code)
    {
        var result = await desk.SignInAsync(
            Name?.Trim() ?? "", password ?? "", code ?? "", HttpContext.RemoteAddress(), Request.Headers.UserAgent.ToString(), HttpContext.RequestAborted);
        if (result.Token is { } token)
        {
            if (HttpContext.Session() is { } before)
                await sessions.EndAsync(before.OperatorId, before.Id, HttpContext.Actor(), AuditActions.SignOut, HttpContext.RequestAborted);
            // Never the visit's or an older session's value: what somebody else may have planted is worth nothing.
            Response.Cookies.Append(SessionCookie.Name, token, SessionCookie.Options);
            return LocalRedirect(Url.IsLocalUrl(Wanted) ? Wanted : "/");
        }
        Complaint = result.Wait is { } wait
            ? words["Too many attempts. Try again in {0} s.", Math.Ceiling(wait.TotalSeconds)]
            : words["Name, password or code is wrong, or the code was used before."];
        Response.StatusCode = result.Wait is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status429TooManyRequests;
        return Page();
    }
}
