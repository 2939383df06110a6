namespace Pipeline.Jobs.Hosting;

/// <summary>Work that comes round as long as the host runs, first after one interval. The loop outlives every outage: what could not be done is done the next time.</summary>
internal abstract class RepeatedService(TimeSpan interval, TimeProvider clock) : BackgroundService
{
    protected TimeProvider Clock { get; } = clock;

    protected abstract Task WorkAsync(CancellationToken cancellationToken);

    /// <summary>Says in the log what could not be done.</summary>
    protected abstract void Failed(Exception error);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, Clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await WorkAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Failed(error);
            }
        }
    }
}
