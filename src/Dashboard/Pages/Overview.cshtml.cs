using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class OverviewModel(RunHistory runs, GenerationStore pointers, GenerationHistory generations, IJobControl jobs) : PageModel
{
    public GenerationRecord? Served { get; private set; }

    public IReadOnlyDictionary<string, long> Recent { get; private set; } = new Dictionary<string, long>();

    public IReadOnlyList<RunRecord> Latest { get; private set; } = [];

    public IEnumerable<JobDescription> Scheduled => jobs.Jobs.Where(job => job.Next.Count > 0).OrderBy(job => job.Next[0]);

    public async Task OnGetAsync()
    {
        var cancelled = HttpContext.RequestAborted;
        if (await pointers.PointerAsync(GenerationStore.GlobalScope, cancelled) is { } pointer)
            Served = await generations.FindAsync(pointer.GenerationId, cancelled);
        Recent = await runs.CountRecentAsync(cancelled);
        Latest = await runs.LatestAsync(cancelled);
    }
}
