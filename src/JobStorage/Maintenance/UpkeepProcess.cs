using Hangfire.Server;

namespace Pipeline.JobStorage.Maintenance;

/// <summary>One kind of upkeep in a Hangfire server, again and again. An error puts it off to the next time.</summary>
internal sealed class UpkeepProcess(string name, StorageParts parts, TimeSpan interval, Action<CancellationToken> pass) : IBackgroundProcess
{
    public void Execute(BackgroundProcessContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            pass(context.StoppingToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            JobStorageLog.PutOff(parts.Log, error, name);
        }
        context.Wait(interval);
    }

    public override string ToString() => name;
}
