using Hangfire;
using Hangfire.Server;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Hosting;

/// <summary>What Hangfire calls when a time of the timetable has come. It says when; whether, the ledger says.</summary>
public sealed class ScheduledRuns(RunLedger ledger, JobCatalogue jobs, ILogger<ScheduledRuns> log)
{
    /// <summary>Puts the timetable into Hangfire's storage; doing it again changes nothing.</summary>
    public static void Register(IRecurringJobManager manager)
    {
        foreach (var entry in Timetable.Entries)
            manager.AddOrUpdate<ScheduledRuns>(
                entry.Job, runs => runs.RunAsync(entry.Job, null!, CancellationToken.None), entry.Cron, new RecurringJobOptions { TimeZone = Timetable.Zone });
    }

    /// <summary>Runs a job for the timetable's time that this trigger stands for; any further trigger for that time is refused.</summary>
    /// <exception cref="JobFailedException">The run failed: Hangfire triggers it again some minutes later, as the run's next attempt.</exception>
    [AutomaticRetry(Attempts = RunStore.MostAttempts - 1, DelaysInSeconds = [60, 300])]
    [JobDisplayName("{0}")]
    public async Task RunAsync(string job, PerformContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        // The trigger's own time, not now: a retry stands for the same time of the timetable.
        var scheduledAt = Timetable.Entries.Single(entry => entry.Job == job).ScheduledAt(context.BackgroundJob.CreatedAt);
        await RunAsync(job, [], scheduledAt, "the timetable", cancellationToken);
    }

    /// <summary>Runs a job that somebody asked for, once: whether to try again is theirs to say.</summary>
    /// <exception cref="JobFailedException">The run failed.</exception>
    [AutomaticRetry(Attempts = 0)]
    [JobDisplayName("{0}, for {2}")]
    public Task RunNowAsync(string job, string[] settings, string requestedBy, CancellationToken cancellationToken) =>
        RunAsync(job, settings, null, requestedBy, cancellationToken);

    private async Task RunAsync(string job, string[] settings, DateTime? scheduledAt, string requestedBy, CancellationToken cancellationToken)
    {
        var order = new RunOrder(scheduledAt, requestedBy, message => log.LogInformation("{Job}: {Message}", job, message));
        var report = await ledger.RunAsync(jobs.Find(job), JobCatalogue.Read(job, settings), order, cancellationToken);
        if (report.End == RunEnd.Failed)
            throw new JobFailedException($"run {report.RunId} failed: {report.Reason}");
    }
}

/// <summary>A run failed; the ledger has the whole story.</summary>
public sealed class JobFailedException(string message) : Exception(message);
