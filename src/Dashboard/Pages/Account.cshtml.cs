using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Pages;

public sealed class AccountModel(
    SessionStore sessions, TokenStore tokens, OperatorStore operators, SecondFactors factors, SignInDesk desk, Words words) : PageModel
{
    public const int DefaultDays = 30;

    public IReadOnlyList<ListedSession> Sessions { get; private set; } = [];

    public IReadOnlyList<ListedToken> ApiTokens { get; private set; } = [];

    /// <summary>The token that was just made; nobody can show it again.</summary>
    public string? Made { get; private set; }

    /// <summary>The recovery codes that were just made; nobody can show them again.</summary>
    public string[]? RecoveryCodes { get; private set; }

    /// <summary>How many recovery codes are left.</summary>
    public long CodesLeft { get; private set; }

    /// <summary>What is wrong with the wish for a token.</summary>
    public string? Complaint { get; private set; }

    /// <summary>What is wrong with the wish for recovery codes.</summary>
    public string? RecoveryComplaint { get; private set; }

    public async Task OnGetAsync()
    {
        long self = HttpContext.Session()!.OperatorId;
        Sessions = await sessions.ListAsync(self, HttpContext.RequestAborted);
        ApiTokens = await tokens.ListAsync(self, HttpContext.RequestAborted);
        CodesLeft = await operators.RecoveryCodesAsync(self, HttpContext.RequestAborted);
    }

    /// <param name="end">A session to end.</param>
    /// <param name="revoke">A token to revoke.</param>
    public async Task<IActionResult> OnPostAsync([FromForm] long? end, [FromForm] long? revoke)
    {
        var (self, actor, cancelled) = (HttpContext.Session()!, HttpContext.Actor(), HttpContext.RequestAborted);
        if (end is { } session)
            await sessions.EndAsync(self.OperatorId, session, actor, AuditActions.SessionEnd, cancelled);
        if (revoke is { } token)
            await tokens.RevokeAsync(self.OperatorId, token, actor, cancelled);
        return LocalRedirect("/account");
    }

    /// <summary>Makes new recovery codes in place of those before.</summary>
    public async Task<IActionResult> OnPostRecoveryAsync([FromForm] string? code)
    {
        RecoveryComplaint = await desk.ComplaintAsync(HttpContext, code, words);
        if (RecoveryComplaint is null)
        {
            string[] codes = SecondFactors.NewRecoveryCodes();
            await operators.RenewRecoveryCodesAsync(
                HttpContext.Session()!.OperatorId, [.. codes.Select(factors.HashRecoveryCode)], HttpContext.Actor(), HttpContext.RequestAborted);
            RecoveryCodes = codes;
        }
        else
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync();
        return Page();
    }

    /// <summary>Makes a token.</summary>
    public async Task<IActionResult> OnPostTokenAsync([FromForm] string? name, [FromForm] OperatorRole role, [FromForm] int days, [FromForm] string? code)
    {
        var self = HttpContext.Session()!;
        string purpose = name?.Trim() ?? "";
        if (!ModelState.IsValid || purpose.Length is 0 or > TokenStore.LongestName || days is < 1 or > TokenStore.MostDays || role > self.Role)
            Complaint = words["A token has a purpose, your role at most, and 1 to 365 days."];
        else if ((Complaint = await desk.ComplaintAsync(HttpContext, code, words)) is null)
        {
            string token = Tokens.New();
            await tokens.AddAsync(self.OperatorId, purpose, role, days, Tokens.Hash(token)!, HttpContext.Actor(), HttpContext.RequestAborted);
            Made = token;
        }
        if (Complaint is not null)
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync();
        return Page();
    }
}
