using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Schedules;

/// <summary>How a job is run now: the timetable, and what operators have changed of it.</summary>
/// <param name="Cron">Null for what runs on request only.</param>
/// <param name="Held">What operators have decided; null where they never have.</param>
public sealed record JobPlan(string Job, string? Cron, JobPolicy Policy, JobSchedule? Held)
{
    public bool IsPaused => Held?.PausedBy is not null;

    /// <summary>UTC, without end; none for what runs on request only.</summary>
    public IEnumerable<DateTime> After(DateTime moment) => Cron is null ? [] : CronTimes.Parse(Cron).After(moment);

    /// <summary>The time that a trigger at a moment stands for: the timetable's latest, or the moment itself where there is none.</summary>
    /// <param name="moment">UTC.</param>
    public DateTime ScheduledAt(DateTime moment) => (Cron is null ? null : CronTimes.Parse(Cron).LatestAt(moment)) ?? moment;
}

/// <summary>Brings the timetable and what operators have changed of it together.</summary>
public sealed class JobPlans(ScheduleStore schedules)
{
    public async Task<IReadOnlyList<JobPlan>> ListAsync(CancellationToken cancellationToken)
    {
        var held = (await schedules.ListAsync(cancellationToken)).ToDictionary(schedule => schedule.Job, StringComparer.Ordinal);
        return [.. JobCatalogue.Names.Select(job => Combine(job, held.GetValueOrDefault(job)))];
    }

    public async Task<JobPlan> FindAsync(string job, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).Single(plan => plan.Job == job);

    internal static JobPlan Combine(string job, JobSchedule? held)
    {
        var entry = Timetable.Entries.FirstOrDefault(entry => entry.Job == job);
        var policy = entry?.Policy ?? new JobPolicy();
        if (held?.Change is not { } change)
            return new JobPlan(job, entry?.Cron, policy, held);
        return new JobPlan(job, entry is null ? null : change.Cron ?? entry.Cron, policy with
        {
            Attempts = change.Attempts ?? policy.Attempts,
            Pause = change.PauseSeconds is { } pause ? TimeSpan.FromSeconds(pause) : policy.Pause,
            // 0: as long as it takes.
            Limit = change.LimitSeconds is { } limit ? (limit == 0 ? null : TimeSpan.FromSeconds(limit)) : policy.Limit,
            Overlap = change.Overlap is { } overlap ? Enum.Parse<Overlap>(overlap, ignoreCase: true) : policy.Overlap,
        }, held);
    }
}
