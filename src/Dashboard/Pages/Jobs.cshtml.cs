using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class JobsModel(RunHistory runs, IJobControl control) : PageModel
{
    private const int RunsInChart = 40;

    public IReadOnlyList<JobDescription> Jobs { get; private set; } = [];

    /// <summary>The last runs of each job, the newest first.</summary>
    public Dictionary<string, IReadOnlyList<RunRecord>> History { get; } = [];

    public async Task OnGetAsync()
    {
        Jobs = await control.ListAsync(HttpContext.RequestAborted);
        foreach (var job in Jobs)
            History[job.Name] = await runs.SearchAsync(new RunFilter(job.Name, null, null), long.MaxValue, RunsInChart, HttpContext.RequestAborted);
    }
}
