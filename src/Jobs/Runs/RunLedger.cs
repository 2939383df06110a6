using System.Diagnostics;
using System.Text.Json;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Runs;

/// <summary>How a request to run a job ended.</summary>
public enum RunEnd
{
    Succeeded,

    /// <summary>It ran, and had nothing to do or nothing to publish.</summary>
    Skipped,
    Failed,
    Cancelled,

    /// <summary>Another attempt took the run while this process was away.</summary>
    Lost,

    /// <summary>It did not start: this job and time is running elsewhere, or done.</summary>
    Refused,
}

/// <param name="RunId">Null where it did not start.</param>
/// <param name="Reason">Why it did not succeed; where it did, what is to be known of that, mostly nothing.</param>
public sealed record RunReport(
    string Job, RunEnd End, long? RunId, int Attempt, string? Reason, double Seconds,
    IReadOnlyDictionary<string, object?> Parameters, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>The run that is going on and kept this one from starting; null where none did.</summary>
    public long? Blocker { get; init; }
}

/// <summary>Who asks for a run, and for which time.</summary>
/// <param name="ScheduledAt">The time in the timetable, UTC; null for now.</param>
/// <param name="Follow">Is given steps and log lines as they come.</param>
public sealed record RunOrder(DateTime? ScheduledAt, string RequestedBy, Action<string> Follow)
{
    public int MostAttempts { get; init; } = RunStore.MostAttempts;

    /// <summary>Not while another run of the job is going on.</summary>
    public bool Alone { get; init; }

    /// <summary>Somebody wants a run of theirs once more.</summary>
    public bool Again { get; init; }

    /// <summary>Whether a run that failed may be tried again.</summary>
    public bool AfterFailure { get; init; } = true;

    /// <summary>How long the attempt may take; null for any time.</summary>
    public TimeSpan? Limit { get; init; }
}

/// <summary>
/// Runs jobs under a lease: opens the row of <c>job_run</c>, keeps the lease by heartbeats, stops the work when the lease is lost, and
/// records the end. Only who holds the row's fencing token can publish, so a process that was stopped past its lease and goes on
/// afterwards does no harm.
/// </summary>
public sealed class RunLedger(RunStore store, TimeProvider clock, ILogger<RunLedger> log)
{
    /// <summary>Time to record how a cancelled run ended.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    /// <summary>How stale a run's progress is to those who look, and how long it takes to notice that somebody wants it stopped.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const int LongestReason = 300;

    /// <summary>How long a silent process keeps its run.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    public async Task<RunReport> RunAsync(IJob job, ParameterValues parameters, RunOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(order);
        long started = clock.GetTimestamp();
        var opened = await store.OpenAsync(
            new RunRequest(job.Name, order.ScheduledAt, Owner(), Lease, JsonSerializer.Serialize(parameters.All), order.RequestedBy)
            {
                MostAttempts = order.MostAttempts, Alone = order.Alone, Again = order.Again, AfterFailure = order.AfterFailure,
            }, cancellationToken);
        if (opened.Lease is not { } lease)
            return Report(RunEnd.Refused, null, opened.Refusal, new Dictionary<string, double>()) with { Blocker = opened.Blocker };

        log.LogInformation("{Job}: run {Run}, attempt {Attempt}, token {Token}, for {RequestedBy}", job.Name, lease.RunId, opened.Attempt, lease.Token, order.RequestedBy);
        var run = new JobRun(store, lease, Lease, opened.StartedAt, parameters, order.Follow);
        var (end, reason) = await RunHeldAsync(job, run, opened.Attempt, order.Limit, cancellationToken);
        // A lost run's row belongs to another attempt.
        if (end != RunEnd.Lost && !await RecordAsync(run, end, reason))
            (end, reason) = (RunEnd.Lost, "another attempt took the run before its end was recorded");
        log.LogInformation("{Job}: run {Run} {End}: {Reason}", job.Name, lease.RunId, end, reason);
        return Report(end, lease.RunId, reason, run.Metrics);

        RunReport Report(RunEnd end, long? runId, string? reason, IReadOnlyDictionary<string, double> metrics)
        {
            var report = new RunReport(job.Name, end, runId, opened.Attempt, reason, clock.GetElapsedTime(started).TotalSeconds, parameters.All, metrics);
            JobMetrics.Ended(report);
            return report;
        }
    }

    private async Task<(RunEnd End, string? Reason)> RunHeldAsync(
        IJob job, JobRun run, int attempt, TimeSpan? limit, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var heartbeats = KeepLeaseAsync(run, stop);
        string? cancelledBy = null;
        var watch = WatchForCancellationAsync(run, attempt, by => cancelledBy = by, stop);
        try
        {
            var outcome = await job.RunAsync(run, stop.Token);
            return outcome switch
            {
                { FailedBecause: { } reason } => (RunEnd.Failed, reason),
                { SkippedBecause: { } reason } => (RunEnd.Skipped, reason),
                _ => (RunEnd.Succeeded, outcome.Note),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (RunEnd.Cancelled, "stopped on request");
        }
        catch (OperationCanceledException) when (cancelledBy is not null)
        {
            return (RunEnd.Cancelled, $"cancelled by {cancelledBy}");
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return (RunEnd.Failed, $"stopped: it took longer than its limit of {limit}");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (RunEnd.Lost, "the lease was lost: another attempt has taken the run");
        }
        catch (LeaseLostException lost)
        {
            return (RunEnd.Lost, lost.Message);
        }
        catch (Exception error)
        {
            // The one place where a job's failure ends: recorded with its words, logged with its trace.
            log.LogError(error, "{Job}: run {Run} failed", job.Name, run.Lease.RunId);
            return (RunEnd.Failed, Brief(error));
        }
        finally
        {
            await stop.CancelAsync();
            await heartbeats;
            await watch;
        }
    }

    /// <summary>Looks every few seconds whether somebody wants the run to stop, and stops it.</summary>
    /// <param name="found">Is told who, before the work notices anything.</param>
    private async Task WatchForCancellationAsync(JobRun run, int attempt, Action<string> found, CancellationTokenSource stop)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                if (await store.CancellationAsync(run.Lease.RunId, attempt, stop.Token) is { } by)
                {
                    found(by);
                    await stop.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
        catch (Exception error)
        {
            // Without a database the heartbeats end the run; without this look it only cannot be cancelled.
            log.LogWarning("Run {Run} cannot be cancelled any more: {Reason}", run.Lease.RunId, error.Message);
        }
    }

    /// <summary>Heartbeats with the progress, at least three to a lease, until the work ends; cancels it when the lease is lost.</summary>
    private async Task KeepLeaseAsync(JobRun run, CancellationTokenSource stop)
    {
        using var timer = new PeriodicTimer(Lease / 3 < Interval ? Lease / 3 : Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
                await run.HeartbeatAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
        catch (Exception error)
        {
            // The lease is lost, or cannot be kept because the database stayed away: either way nothing may be published any more.
            log.LogWarning("Run {Run} stops: {Reason}", run.Lease.RunId, error.Message);
            await stop.CancelAsync();
        }
    }

    private async Task<bool> RecordAsync(JobRun run, RunEnd end, string? reason)
    {
        var state = end switch
        {
            RunEnd.Succeeded => RunState.Succeeded,
            RunEnd.Skipped => RunState.Skipped,
            RunEnd.Cancelled => RunState.Cancelled,
            RunEnd.Failed => RunState.Failed,
            _ => throw new UnreachableException($"{end} is not recorded"),
        };
        // Not the run's token: what was cancelled is recorded too.
        using var deadline = new CancellationTokenSource(Farewell, clock);
        return await store.FinishAsync(run.Lease, state, reason, run.MetricsJson, deadline.Token);
    }

    /// <summary>The first line of what went wrong: drivers put whole traces into their messages.</summary>
    private static string Brief(Exception error)
    {
        string line = error.Message.Split('\n', 2)[0].Trim();
        return $"{error.GetType().Name}: {(line.Length > LongestReason ? line[..LongestReason] + "…" : line)}";
    }

    private static string Owner() => $"{Environment.MachineName}/{Environment.ProcessId}/{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6))}";
}
