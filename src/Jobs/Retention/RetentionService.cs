using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Retention;

/// <summary>Deletes runs, logs and alarms that are older than the setting says, once an hour.</summary>
internal sealed class RetentionService(RunRetention retention, JobsSettings settings, TimeProvider clock, ILogger<RetentionService> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                int gone = await retention.PruneAsync(settings.RetentionDays, stoppingToken);
                if (gone > 0)
                    log.LogInformation("{Runs} runs older than {Days} days were deleted", gone, settings.RetentionDays);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The loop outlives every outage: what is old stays old.
                log.LogError(error, "Old runs could not be deleted");
            }
        }
    }
}
