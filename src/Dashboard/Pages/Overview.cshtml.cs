using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.MySql.Alarms;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Pages;

public sealed class OverviewModel(RunHistory runs, GenerationStore pointers, GenerationHistory generations, AlarmStore alarms, IngestWatch watch, IJobControl jobs, TimeProvider clock) : PageModel
{
    private const int MostAlarms = 20;

    public GenerationRecord? Served { get; private set; }

    public IReadOnlyDictionary<string, long> Recent { get; private set; } = new Dictionary<string, long>();

    public IReadOnlyList<RunRecord> Latest { get; private set; } = [];

    /// <summary>What the ingest workers say; null where none answers.</summary>
    public IngestSample? Ingest => watch.Latest;

    public DateTime? IngestHeardAt => watch.HeardAt;

    /// <summary>Ingest workers that do not answer, and why.</summary>
    public IReadOnlyDictionary<string, string> Silent => watch.Silent;

    public double? StoredPerSecond => watch.Rate("stored");

    public double? RefusedPerSecond => watch.Rate("refused");

    /// <summary>The newest first.</summary>
    public IReadOnlyList<Alarm> Alarms { get; private set; } = [];

    /// <summary>Of all pages.</summary>
    public long AlarmCount { get; private set; }

    /// <summary>Where the next page of alarms begins; null on the last.</summary>
    public long? OlderAlarms { get; private set; }

    /// <summary>What comes next, the soonest first.</summary>
    public IReadOnlyList<JobDescription> Scheduled { get; private set; } = [];

    /// <summary>How long readers have been getting what they get; null where they get nothing.</summary>
    public TimeSpan? ServedFor { get; private set; }

    /// <param name="before">Only alarms with a lower id.</param>
    public async Task OnGetAsync([FromQuery(Name = "alarms")] long? before)
    {
        var cancelled = HttpContext.RequestAborted;
        if (await pointers.PointerAsync(GenerationStore.GlobalScope, cancelled) is { } pointer)
            Served = await generations.FindAsync(pointer.GenerationId, cancelled);
        ServedFor = clock.GetUtcNow().UtcDateTime - Served?.FlippedAt;
        Alarms = await alarms.OpenAsync(before ?? long.MaxValue, MostAlarms, cancelled);
        if (Alarms.Count == MostAlarms)
            (OlderAlarms, AlarmCount) = (Alarms[^1].AlarmId, await alarms.CountOpenAsync(cancelled));
        Scheduled = [.. (await jobs.ListAsync(cancelled)).Where(job => job.Next.Count > 0).OrderBy(job => job.Next[0])];
        Recent = await runs.CountRecentAsync(cancelled);
        Latest = await runs.LatestAsync(cancelled);
    }
}
