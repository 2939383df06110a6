using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class CancelRunModel(RunHistory runs) : PageModel
{
    public RunRecord? Found { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        Found = await runs.FindAsync(id, HttpContext.RequestAborted);
        return Found is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostAsync(long id)
    {
        if (await runs.FindAsync(id, HttpContext.RequestAborted) is null)
            return NotFound();
        await runs.CancelAsync(id, HttpContext.Actor(), HttpContext.RequestAborted);
        return LocalRedirect($"/runs/{id}");
    }
}
