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

    /// <summary>The address of the moves before these; null on the last page.</summary>
    public string? OlderFlips { get; private set; }

    /// <param name="before">Only generations with a lower id.</param>
    /// <param name="flipsBefore">Only moves with a lower token.</param>
    public async Task OnGetAsync([FromQuery] long? before, [FromQuery(Name = "flips-before")] long? flipsBefore)
    {
        Found = await generations.SearchAsync(before ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        Flips = await generations.FlipsAsync(GenerationStore.GlobalScope, flipsBefore ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        OlderFlips = Flips.Count == PerPage ? $"/generations?{(before is null ? "" : $"before={before}&")}flips-before={Flips[^1].Token}#flips" : null;
        Older = Found.Count == PerPage ? Found[^1].GenerationId : null;
    }
}
