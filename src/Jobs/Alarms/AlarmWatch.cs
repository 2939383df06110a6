using Pipeline.Jobs.Hosting;
using Pipeline.Jobs.Schedules;
using Pipeline.Storage.MySql.Alarms;

namespace Pipeline.Jobs.Alarms;

/// <summary>Looks every half minute for runs that did not end well and for times of the timetable that passed without a run.</summary>
internal sealed class AlarmWatch(JobPlans plans, AlarmStore alarms, JobsSettings settings, TimeProvider clock, ILogger<AlarmWatch> log)
    : RepeatedService(Interval, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>A time that is later than this has passed without a run: a host that is starting, or a run in front, may take a while.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    protected override Task WorkAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    protected override void Failed(Exception error) => log.LogError(error, "Alarms could not be looked for");

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        bool hook = settings.Webhook is not null;
        await alarms.LookAtRunsAsync(hook, cancellationToken);
        foreach (var plan in await plans.ListAsync(cancellationToken))
        {
            if (plan.Cron is null || plan.Held is not { } held)
                continue;
            var due = CronTimes.Parse(plan.Cron).LatestAt(Clock.GetUtcNow().UtcDateTime - Grace);
            if (due is { } time && time > held.Since)
                await alarms.MissedAsync(plan.Job, time, $"{plan.Job}: no run for {time:yyyy-MM-dd HH:mm} UTC", hook, cancellationToken);
        }
    }
}
