using Pipeline.Jobs.Publication;

namespace Pipeline.Jobs.Hosting;

/// <summary>Reconciles Redis with MySQL when the host starts, and every minute.</summary>
internal sealed class ReconcilerService(Reconciler reconciler, TimeProvider clock, ILogger<ReconcilerService> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                JobMetrics.Repaired(await reconciler.RunAsync(stoppingToken));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The loop outlives every outage: what could not be put right now is put right a minute later.
                JobMetrics.ReconciliationFailed();
                log.LogError(error, "Redis could not be reconciled with MySQL");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
