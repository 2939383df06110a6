using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Pages;

public sealed class PromoteModelModel(ModelHistory models, GenerationHistory generations, IJobControl jobs, SignInDesk desk, Words words) : PageModel
{
    public ModelRecord? Found { get; private set; }

    public bool IsServed { get; private set; }

    public string? Complaint { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        Found = await models.FindAsync(id, HttpContext.RequestAborted);
        if (Found is null)
            return NotFound();
        IsServed = (await generations.ServedAsync(GenerationStore.GlobalScope, HttpContext.RequestAborted))?.ModelId == id;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, [FromForm] string? code)
    {
        var page = await OnGetAsync(id);
        if (Found is not { ErasedSince: null } || IsServed)
            return page;
        Complaint = await desk.ComplaintAsync(HttpContext, code, words);
        if (Complaint is null)
        {
            await jobs.PromoteAsync(id, HttpContext.Actor(), HttpContext.RequestAborted);
            return LocalRedirect($"/models/{id}");
        }
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return page;
    }
}
