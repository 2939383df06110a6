using Hangfire;
using Hangfire.Storage;
using Pipeline.Jobs.Schedules;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Hosting;

/// <summary>Puts the timetable, as operators have changed it, into Hangfire's storage: at the start, after every change, and where it is gone.</summary>
internal sealed class TimetableService(JobPlans plans, ScheduleStore schedules, IRecurringJobManager manager, Hangfire.JobStorage storage)
{
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in Timetable.Entries)
            await schedules.EnsureAsync(entry.Job, cancellationToken);
        var all = await plans.ListAsync(cancellationToken);
        using (var connection = storage.GetConnection())
        {
            foreach (var gone in connection.GetRecurringJobs().Where(known => !all.Any(plan => plan.Job == known.Id && plan.Cron is not null)))
                manager.RemoveIfExists(gone.Id);
        }
        foreach (var plan in all)
            Put(plan);
    }

    /// <summary>Puts back what somebody has taken out of Hangfire's storage, or what was changed there alone.</summary>
    /// <returns>The jobs whose times were gone or others.</returns>
    public async Task<IReadOnlyList<string>> RestoreAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, string> known;
        using (var connection = storage.GetConnection())
            known = connection.GetRecurringJobs().ToDictionary(job => job.Id, job => job.Cron);
        var gone = (await plans.ListAsync(cancellationToken)).Where(plan => plan.Cron is not null && known.GetValueOrDefault(plan.Job) != plan.Cron).ToList();
        gone.ForEach(Put);
        return [.. gone.Select(plan => plan.Job)];
    }

    /// <summary>Paused or not: a time that is let pass is written down.</summary>
    private void Put(JobPlan plan)
    {
        if (plan.Cron is { } cron)
            manager.AddOrUpdate<ScheduledRuns>(
                plan.Job, runs => runs.RunAsync(plan.Job, null!, CancellationToken.None), cron, new RecurringJobOptions { TimeZone = Timetable.Zone });
    }
}
