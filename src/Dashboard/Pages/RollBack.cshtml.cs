using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Dashboard.Pages;

public sealed class RollBackModel(GenerationHistory generations, IJobControl jobs, SignInDesk desk, Words words) : PageModel
{
    public GenerationRecord? Found { get; private set; }

    public string? Complaint { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        Found = await generations.FindAsync(id, HttpContext.RequestAborted);
        return Found is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, [FromForm] string? code)
    {
        var page = await OnGetAsync(id);
        if (Found is not { CanBeServedAgain: true })
            return page;
        Complaint = await desk.ComplaintAsync(HttpContext, code, words);
        if (Complaint is null)
        {
            await jobs.RollBackAsync(id, HttpContext.Actor(), HttpContext.RequestAborted);
            return LocalRedirect("/generations");
        }
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return page;
    }
}
