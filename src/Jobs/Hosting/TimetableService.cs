using Hangfire;
using Hangfire.Storage;
using Pipeline.Jobs.Schedules;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Hosting;

/// <summary>Puts the timetable, as operators have changed it, into Hangfire's storage: at the start, and after every change.</summary>
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
            if (plan.Cron is { } cron)
                // Paused or not: a time that is let pass is written down.
                manager.AddOrUpdate<ScheduledRuns>(
                    plan.Job, runs => runs.RunAsync(plan.Job, null!, CancellationToken.None), cron, new RecurringJobOptions { TimeZone = Timetable.Zone });
    }
}
