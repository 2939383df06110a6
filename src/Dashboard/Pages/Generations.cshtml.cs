using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Dashboard.Pages;

public sealed class GenerationsModel(GenerationHistory generations) : PageModel
{
    private const int PerPage = 50;

    public IReadOnlyList<GenerationRecord> Found { get; private set; } = [];

    /// <summary>What was served when.</summary>
    public IReadOnlyList<FlipRecord> Flips { get; private set; } = [];

    public long? Older { get; private set; }

    public async Task OnGetAsync([FromQuery] long? before)
    {
        Found = await generations.SearchAsync(before ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        Flips = await generations.FlipsAsync(GenerationStore.GlobalScope, PerPage, HttpContext.RequestAborted);
        Older = Found.Count == PerPage ? Found[^1].GenerationId : null;
    }
}
