using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class RetryRunModel(RunHistory runs, IJobControl control) : PageModel
{
    public async Task<IActionResult> OnPostAsync(long id)
    {
        if (await runs.FindAsync(id, HttpContext.RequestAborted) is null)
            return NotFound();
        return await control.RetryAsync(id, HttpContext.Actor(), HttpContext.RequestAborted) is null
            ? LocalRedirect($"/runs/{id}")
            : StatusCode(StatusCodes.Status409Conflict);
    }
}
