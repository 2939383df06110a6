using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Pages;

public sealed class SignOutModel(SessionStore sessions) : PageModel
{
    public async Task<IActionResult> OnPostAsync()
    {
        var session = HttpContext.Session()!;
        await sessions.EndAsync(session.OperatorId, session.Id, HttpContext.Actor(), AuditActions.SignOut, HttpContext.RequestAborted);
        Response.Cookies.Delete(SessionCookie.Name, SessionCookie.Options);
        return LocalRedirect("/");
    }
}
