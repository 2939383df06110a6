using Hangfire;
using Pipeline.Jobs.Hosting;
using Pipeline.Storage.MySql.Erasures;

namespace Pipeline.Jobs.Erasure;

/// <summary>
/// Sends somebody to look after erasures that were asked for and are not complete: their run has failed, was cancelled, or never came because
/// the host died between writing the wish down and queueing it. An erasure is a duty: it is tried until it is done.
/// </summary>
internal sealed class ErasureWatch(ErasureStore erasures, IBackgroundJobClient queue, TimeProvider clock, ILogger<ErasureWatch> log)
    : RepeatedService(Interval, clock)
{
    private const int MostAtOnce = 20;
    private const string ByItself = "the erasure watch";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public static void Queue(IBackgroundJobClient queue, long erasure, string requestedBy, DateTime now)
    {
        string[] settings = [$"{EraseMemberJob.Number.Name}={erasure}"];
        queue.Enqueue<ScheduledRuns>(runs => runs.RunNowAsync(EraseMemberJob.JobName, settings, now, requestedBy, false, CancellationToken.None));
    }

    protected override Task WorkAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    protected override void Failed(Exception error) => log.LogError(error, "Erasures could not be looked after");

    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (long erasure in await erasures.TakeDueAsync(MostAtOnce, cancellationToken))
            Queue(queue, erasure, ByItself, Clock.GetUtcNow().UtcDateTime);
    }
}
