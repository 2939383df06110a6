using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Pages;

public sealed class AccountModel(SessionStore sessions) : PageModel
{
    public IReadOnlyList<ListedSession> Sessions { get; private set; } = [];

    public async Task OnGetAsync() => Sessions = await sessions.ListAsync(HttpContext.Session()!.OperatorId, HttpContext.RequestAborted);

    public async Task<IActionResult> OnPostAsync([FromForm] long end)
    {
        await sessions.EndAsync(HttpContext.Session()!.OperatorId, end, HttpContext.Actor(), AuditActions.SessionEnd, HttpContext.RequestAborted);
        return LocalRedirect("/account");
    }
}
