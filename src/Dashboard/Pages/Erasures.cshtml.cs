using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Erasures;

namespace Pipeline.Dashboard.Pages;

/// <summary>Who was erased, as digests, and where a member's erasure is asked for.</summary>
public sealed class ErasuresModel(ErasureStore erasures, IJobControl jobs, SignInDesk desk, Words words) : PageModel
{
    /// <summary>The contract's greatest id.</summary>
    public const long LastMember = (1L << 53) - 1;

    private const int PerPage = 50;

    public IReadOnlyList<Erasure> Found { get; private set; } = [];

    public long? Older { get; private set; }

    /// <summary>What was typed, where something is wrong with the request.</summary>
    public string? Asked { get; private set; }

    public string? Complaint { get; private set; }

    public static string State(Erasure erasure)
    {
        ArgumentNullException.ThrowIfNull(erasure);
        return erasure.CompletedAt is not null ? "complete" : erasure.BarredAt is not null ? "barred, being deleted" : "asked for";
    }

    public async Task OnGetAsync([FromQuery] long? before)
    {
        Found = await erasures.SearchAsync(before ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        Older = Found.Count == PerPage ? Found[^1].ErasureId : null;
    }

    public async Task<IActionResult> OnPostAsync([FromForm] string? member, [FromForm] string? code)
    {
        try
        {
            if (!long.TryParse(member, out long id) || id is < 1 or > LastMember)
                Complaint = words["A member is a whole number from 1."];
            else if ((Complaint = await desk.ComplaintAsync(HttpContext, code, words)) is null)
                return LocalRedirect($"/erasures/{await jobs.EraseAsync(id, HttpContext.Actor(), HttpContext.RequestAborted)}");
        }
        catch (ErasureKeyException missing)
        {
            Complaint = missing.Message;
        }
        Asked = member;
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await OnGetAsync(null);
        return Page();
    }
}
