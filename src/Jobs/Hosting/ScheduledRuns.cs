using Hangfire;
using Hangfire.Server;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Schedules;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Hosting;

/// <summary>
/// What Hangfire calls when a time of the timetable has come, or somebody wants a run. It says when; whether, the ledger says. A trigger
/// that is called twice, because its node died, finds the run of the first call.
/// </summary>
public sealed class ScheduledRuns(
    RunLedger ledger, RunStore runs, JobCatalogue jobs, JobPlans plans, IBackgroundJobClient queue, ILogger<ScheduledRuns> log)
{
    /// <summary>How soon it is looked again whether the way is free.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private const string TheTimetable = "the timetable";

    /// <summary>Runs a job for the timetable's time that this trigger stands for; any further trigger for that time is refused.</summary>
    /// <exception cref="JobFailedException">The run failed; its next attempt, if there is one, is in the queue.</exception>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("{0}")]
    public async Task RunAsync(string job, PerformContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var plan = await plans.FindAsync(job, cancellationToken);
        // The trigger's own time, not now: one that was called late stands for the same time of the timetable.
        var scheduledAt = plan.ScheduledAt(context.BackgroundJob.CreatedAt);
        if (plan.Held is { PausedBy: { } by, PausedAt: var since })
            await runs.SkipAsync(job, scheduledAt, $"paused by {by} since {since:yyyy-MM-dd HH:mm:ss} UTC", TheTimetable, cancellationToken);
        else
            await AttemptAsync(job, scheduledAt, cancellationToken);
    }

    /// <summary>Runs a job for a time of the timetable, or tries it again.</summary>
    /// <exception cref="JobFailedException">The run failed; its next attempt, if there is one, is in the queue.</exception>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("{0}, for {1}")]
    public async Task AttemptAsync(string job, DateTime scheduledAt, CancellationToken cancellationToken)
    {
        var policy = (await plans.FindAsync(job, cancellationToken)).Policy;
        var report = await RunAsync(
            job, [], new RunOrder(scheduledAt, TheTimetable, Follow(job)) { Alone = true, MostAttempts = policy.Attempts, Limit = policy.Limit }, cancellationToken);
        if (report is { End: RunEnd.Refused, Blocker: { } blocker })
        {
            if (policy.Overlap == Overlap.Skip
                && await runs.SkipAsync(job, scheduledAt, $"run {blocker} was still going on", TheTimetable, cancellationToken) is not null)
                return;
            queue.Schedule<ScheduledRuns>(runs => runs.AttemptAsync(job, scheduledAt, CancellationToken.None), LookAgain);
        }
        // A node that dies here is called again, and makes the next attempt at once.
        else if (report.End == RunEnd.Failed)
        {
            if (report.Attempt < policy.Attempts)
                queue.Schedule<ScheduledRuns>(runs => runs.AttemptAsync(job, scheduledAt, CancellationToken.None), policy.PauseAfter(report.Attempt));
            throw new JobFailedException($"run {report.RunId} failed: {report.Reason}");
        }
    }

    /// <summary>
    /// Runs a job that somebody asked for, once: whether to try again is theirs to say. It waits for a run that is going on. Called once more,
    /// as from Hangfire's pages, it takes up what was cut short and nothing that failed: what asks for a code would be done without one.
    /// </summary>
    /// <param name="scheduledAt">The time that tells this wish from others; of a run that is wanted once more, that run's.</param>
    /// <param name="again">Whether it is wanted once more.</param>
    /// <exception cref="JobFailedException">The run failed.</exception>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("{0}, for {3}")]
    public async Task RunNowAsync(string job, string[] settings, DateTime scheduledAt, string requestedBy, bool again, CancellationToken cancellationToken)
    {
        var policy = (await plans.FindAsync(job, cancellationToken)).Policy;
        bool wanted = again && !JobCatalogue.AsksForCode(job);
        var order = new RunOrder(scheduledAt, requestedBy, Follow(job))
        {
            Alone = true, Again = wanted, AfterFailure = wanted, MostAttempts = wanted ? int.MaxValue : RunStore.MostAttempts, Limit = policy.Limit,
        };
        var report = await RunAsync(job, settings, order, cancellationToken);
        if (report is { End: RunEnd.Refused, Blocker: not null })
            queue.Schedule<ScheduledRuns>(
                runs => runs.RunNowAsync(job, settings, scheduledAt, requestedBy, again, CancellationToken.None), LookAgain);
        else if (report.End == RunEnd.Failed)
            throw new JobFailedException($"run {report.RunId} failed: {report.Reason}");
    }

    private async Task<RunReport> RunAsync(string job, string[] settings, RunOrder order, CancellationToken cancellationToken)
    {
        var report = await ledger.RunAsync(jobs.Find(job), JobCatalogue.Read(job, settings), order, cancellationToken);
        if (report.End == RunEnd.Refused)
            log.LogInformation("{Job}: {Reason}", job, report.Reason);
        // A run that was cut short because this host stops goes back into the queue, for another host or for this one's next start.
        if (report.End == RunEnd.Cancelled)
            cancellationToken.ThrowIfCancellationRequested();
        return report;
    }

    private Action<string> Follow(string job) => message => log.LogInformation("{Job}: {Message}", job, message);
}

/// <summary>A run failed; the ledger has the whole story.</summary>
public sealed class JobFailedException(string message) : Exception(message);
