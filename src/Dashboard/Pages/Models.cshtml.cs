using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Pages;

public sealed class ModelsModel(ModelHistory models, GenerationStore generations) : PageModel
{
    private const int PerPage = 50;

    public IReadOnlyList<ModelRecord> Found { get; private set; } = [];

    /// <summary>The newest that was trained after the one that is served, and is not served; null where there is none.</summary>
    public long? Challenger { get; private set; }

    /// <summary>The generation that readers are served; null where there is none.</summary>
    public long? Served { get; private set; }

    public long? Older { get; private set; }

    public async Task OnGetAsync([FromQuery] long? before)
    {
        Found = await models.SearchAsync(before ?? long.MaxValue, PerPage, HttpContext.RequestAborted);
        Served = (await generations.PointerAsync(GenerationStore.GlobalScope, HttpContext.RequestAborted))?.GenerationId;
        var champion = Found.FirstOrDefault(version => version.Generation is not null && version.Generation == Served);
        Challenger = before is null && Found is [var newest, ..] && newest != champion && newest.State != "published" ? newest.ModelId : null;
        Older = Found.Count == PerPage ? Found[^1].ModelId : null;
    }
}
