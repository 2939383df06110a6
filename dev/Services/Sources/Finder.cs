using Pipeline.Services.Local;

namespace Pipeline.Services.Sources;

/// <summary>Finds servers, in this order: addresses in the environment, a Docker engine, servers of the machine's own.</summary>
internal sealed class Finder(string home, StateFolder state, Action<string> progress)
{
    public async Task<Found> FindAsync(CancellationToken cancellationToken)
    {
        var given = ServerAddresses.FromEnvironment();
        await Reachability.RequireAsync(given, cancellationToken);
        var missing = given.Missing;
        if (missing.Count < Enum.GetValues<Server>().Length)
            progress($"taking from the environment: {Names(Enum.GetValues<Server>().Except(missing))}");
        if (missing.Count == 0)
            return new Found(Source.Environment, given);

        // What runs is kept, so that an engine which appears later does not hide the data of before.
        var localRuns = Found.Read(state) is { Source: Source.Local }
            && state.Recorded().Any(name => Programs.Find(state, name) is not null);
        if (!localRuns && await DockerServers.EngineAnswersAsync(cancellationToken))
        {
            progress($"taking the Docker engine for: {Names(missing)}");
            new Found(Source.Docker, given).Write(state); // before there is a container: down must find those of a start that was cut short
            return new Found(Source.Docker, given.Or(await new DockerServers(home, progress).StartAsync(missing, cancellationToken)));
        }
        progress($"no Docker engine answers: taking local servers, made from Debian's packages, for: {Names(missing)}");
        var options = new LocalServersOptions { StateFolder = state.Path, Servers = missing, Progress = progress };
        return new Found(Source.Local, given.Or((await LocalServers.StartAsync(options, cancellationToken)).Addresses));
    }

    private static string Names(IEnumerable<Server> servers) => string.Join(", ", servers).ToLowerInvariant();
}
