namespace Pipeline.Ingest.Worker;

/// <summary>Runs the worker in a host: waits for the store first, asks it now and then, and ends the host on a fault.</summary>
internal sealed class IngestService(IngestSettings settings, IngestServices services, IHostApplicationLifetime lifetime) : BackgroundService
{
    private static readonly TimeSpan BetweenAsks = TimeSpan.FromSeconds(5);

    public bool HasFailed { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var weather = new Weather(services.Status, new Backoff(services.Random), services.Time, services.Logger);
            await weather.RetryAsync(IngestServer.Store, services.Events.PrepareAsync, stoppingToken);
            using var worker = new IngestWorker(settings, services);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var asking = AskStoreAsync(weather, ended.Token);
            try
            {
                await worker.RunAsync(stoppingToken);
            }
            finally
            {
                await ended.CancelAsync();
                await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop before there was anything to stop.
        }
        catch (Exception e)
        {
            // Whatever it is: the process ends with it, and a supervisor starts another.
            Log.Failed(services.Logger, e);
            HasFailed = true;
            lifetime.StopApplication();
        }
    }

    /// <summary>So that /health speaks of the store also while no events come.</summary>
    private async Task AskStoreAsync(Weather weather, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(BetweenAsks, services.Time, cancellationToken);
            await weather.RetryAsync(IngestServer.Store, services.Ledger.ReadAsync, cancellationToken);
        }
    }
}
