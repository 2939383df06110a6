using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Pages;

public sealed class OneOperatorModel(
    OperatorStore operators, SessionStore sessions, TokenStore tokens, Enrolment enrolment, SignInDesk desk, Words words) : PageModel
{
    public Operator? Found { get; private set; }

    public IReadOnlyList<ListedSession> Sessions { get; private set; } = [];

    public IReadOnlyList<ListedToken> ApiTokens { get; private set; } = [];

    public string? Link { get; private set; }

    public string? Complaint { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        Found = await operators.FindAsync(id, HttpContext.RequestAborted);
        if (Found is null)
            return NotFound();
        Sessions = await sessions.ListAsync(id, HttpContext.RequestAborted);
        ApiTokens = await tokens.ListAsync(id, HttpContext.RequestAborted);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(
        long id, [FromForm] string? act, [FromForm] OperatorRole role, [FromForm] string? code, [FromForm] long session, [FromForm] long token)
    {
        try
        {
            // To end a session or a token is no risk, and may be urgent.
            if (act is "role" && !ModelState.IsValid)
                Complaint = words["There is no such role."];
            else if (act is "end" or "revoke" || (Complaint = await desk.ComplaintAsync(HttpContext, code, words)) is null)
                await ActAsync(id, act, role, session, token);
        }
        catch (OperatorException error)
        {
            Complaint = error.Message;
        }
        if (Complaint is null && Link is null)
            return LocalRedirect($"/operators/{id}");
        if (Complaint is not null)
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return await OnGetAsync(id);
    }

    private async Task ActAsync(long id, string? act, OperatorRole role, long session, long token)
    {
        var (actor, cancelled) = (HttpContext.Actor(), HttpContext.RequestAborted);
        switch (act)
        {
            case "role" when ModelState.IsValid:
                await operators.ChangeRoleAsync(id, role, actor, cancelled);
                break;
            case "disable":
                await operators.DisableAsync(id, actor, cancelled);
                break;
            case "enable":
                await operators.EnableAsync(id, actor, cancelled);
                break;
            case "reset":
                Link = HttpContext.Address(await enrolment.ResetAsync(id, lastAdmin: false, actor, cancelled));
                break;
            case "end":
                await sessions.EndAsync(id, session, actor, AuditActions.SessionEnd, cancelled);
                break;
            case "revoke":
                await tokens.RevokeAsync(id, token, actor, cancelled);
                break;
            default:
                throw new OperatorException($"there is no action '{act}'");
        }
    }
}
