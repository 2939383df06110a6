using Pipeline.Services.Local;
using Pipeline.Services.Processes;
using Pipeline.Services.Root;
using Pipeline.Services.Sources;

namespace Pipeline.Services.Commands;

/// <summary>Finds or starts the servers, starts the workers against them, and writes down where everything is.</summary>
internal sealed class Up(string home, StateFolder state, Action<string> progress)
{
    private static readonly string PortsLock = Path.Combine(ServicesRoot.DefaultCacheFolder, "ports.lock");

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        void Waiting() => progress("waiting for another './pipeline up' or 'down'");
        using var alone = await FileLock.TakeAsync(state.CommandLockFile, Waiting, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        var found = await new Finder(home, state, progress).FindAsync(cancellationToken);
        found.Write(state);

        // A free port is free only until somebody takes it: two instances that come up at once choose one after the other.
        using var choosing = await FileLock.TakeAsync(PortsLock, static () => { }, cancellationToken);
        var workers = Workers.For(state, found.Addresses);
        workers.WriteEnvironment();
        try
        {
            await Task.WhenAll(workers.All.Select(worker => Programs.StartAsync(state, worker, progress, cancellationToken)));
        }
        catch (ServerException e)
        {
            throw new ServerException($"{e.Message}\nWhat did start is still up; './pipeline down' stops it.", e);
        }

        progress($"""
            up after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s, with servers {Describe(found.Source)}
              dashboard  {workers.Dashboard} (its first operator: ./pipeline operator add NAME --role admin)
              logs       {state.LogFolder}
              addresses  ./pipeline status
            """);
    }

    private static string Describe(Source source) => source switch
    {
        Source.Environment => "of the environment",
        Source.Docker => "in Docker",
        _ => "of this machine",
    };
}
