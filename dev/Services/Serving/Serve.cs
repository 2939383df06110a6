using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Serving;

/// <summary>Hosts the two servers that no package gives, until it is told to stop or its owner has ended.</summary>
internal static class Serve
{
    private static readonly TimeSpan OwnerPoll = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(ServeOptions options, CancellationToken stopping)
    {
        var state = new StateFolder(options.StateFolder);
        await using (var servers = await ServedServers.StartAsync(options, state, stopping))
        {
            servers.Endpoints.Write(state.EndpointsFile);
            Console.Error.WriteLine("serving");
            await UntilToldOrOrphanedAsync(options.Owner, stopping);
        }
        if (options.Owner is { } owner && !owner.IsAlive())
            await RemoveInstanceAsync(state);
    }

    private static async Task UntilToldOrOrphanedAsync(ProcessRecord? owner, CancellationToken stopping)
    {
        try
        {
            while (owner is null || owner.IsAlive())
                await Task.Delay(owner is null ? Timeout.InfiniteTimeSpan : OwnerPoll, stopping);
        }
        catch (OperationCanceledException)
        {
            // The signal to stop.
        }
    }

    private static async Task RemoveInstanceAsync(StateFolder state)
    {
        Console.Error.WriteLine("the owner of this instance has ended: stopping its servers and removing it");
        await Programs.StopAllAsync(state, Console.Error.WriteLine, CancellationToken.None, except: Environment.ProcessId);
        Directory.Delete(state.Path, recursive: true);
    }
}
