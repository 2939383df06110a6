using System.Runtime.InteropServices;
using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Serving;

/// <summary>Hosts the two servers that no package gives, until it is told to stop or its owner has ended.</summary>
internal static class Serve
{
    private static readonly TimeSpan OwnerPoll = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(ServeOptions options)
    {
        using var stopping = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

        var state = new StateFolder(options.StateFolder);
        await using (var servers = await ServedServers.StartAsync(options, state, stopping.Token))
        {
            servers.Endpoints.Write(state.EndpointsFile);
            Console.Error.WriteLine("serving");
            await UntilToldOrOrphanedAsync(options.Owner, stopping.Token);
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
        await RunningProcesses.StopAllAsync(state, Console.Error.WriteLine, CancellationToken.None, except: Environment.ProcessId);
        Directory.Delete(state.Path, recursive: true);
    }
}
