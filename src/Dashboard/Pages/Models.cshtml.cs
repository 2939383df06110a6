using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Pages;

public sealed class ModelsModel(ModelHistory models, GenerationHistory generations) : PageModel
{
    private const int PerPage = 50;

    public IReadOnlyList<ModelRecord> Found { get; private set; } = [];

    /// <summary>The newest that was trained after the one that is served, and is not served; null where there is none.</summary>
    public long? Challenger { get; private set; }

    /// <summary>The model whose lists readers are served, in whichever of its generations; null where there is none.</summary>
    public long? Champion { get; private set; }

    public long? Older { get; private set; }

    /// <summary>The models that are chosen to be compared, on this page or on others.</summary>
    public IReadOnlySet<long> Chosen { get; private set; } = new HashSet<long>();

    /// <summary>Those of them that are not on this page.</summary>
    public IReadOnlyList<long> Elsewhere => [.. Chosen.Except(Found.Select(version => version.ModelId)).Order()];

    /// <param name="before">Only models with a lower number.</param>
    /// <param name="id">What was chosen on the pages before.</param>
    public async Task OnGetAsync([FromQuery] long? before, [FromQuery] long[] id)
    {
        Chosen = id.ToHashSet();
        Found = await models.SearchAsync(before ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        Champion = (await generations.ServedAsync(GenerationStore.GlobalScope, HttpContext.RequestAborted))?.ModelId;
        Challenger = before is null && Found is [var newest, ..] && newest.ModelId > (Champion ?? 0) ? newest.ModelId : null;
        Older = Found.Count == PerPage ? Found[^1].ModelId : null;
    }
}
