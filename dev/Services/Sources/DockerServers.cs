using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Sources;

/// <summary>The servers of docker-compose.yml, on the ports that it publishes.</summary>
internal sealed class DockerServers(string home, Action<string> progress)
{
    private static readonly TimeSpan InfoPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private string SecretsFolder => Path.Combine(home, ".run", "secrets");

    /// <summary>Whether an engine answers; a client alone, or one that hangs on a dead engine, is none.</summary>
    public static async Task<bool> EngineAnswersAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(InfoPatience);
        try
        {
            return (await Shell.RunAsync("docker", ["info"], patience.Token)).Ok;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Starts the named servers, unless they run, and waits until they answer.</summary>
    public async Task<ServerAddresses> StartAsync(IReadOnlySet<Server> servers, CancellationToken cancellationToken)
    {
        RequireRepository();
        var secrets = await Shell.RunAsync(Path.Combine(home, "dev", "Compose", "secrets"), [SecretsFolder], cancellationToken);
        if (!secrets.Ok)
            throw new ServerException($"dev/Compose/secrets failed: {secrets.Tail}");
        await ComposeAsync(["up", "--detach", .. servers.SelectMany(Services)], cancellationToken);

        var addresses = Addresses(servers);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await Reachability.RequireAsync(addresses, cancellationToken);
                return addresses;
            }
            catch (ServerException e) when (TimeProvider.System.GetElapsedTime(started) > StartPatience)
            {
                throw new ServerException(
                    $"containers do not answer after {StartPatience.TotalSeconds:0} s; see `docker compose logs`.\n{e.Message}", e);
            }
            catch (ServerException)
            {
                await Task.Delay(PollInterval, cancellationToken);
            }
        }
    }

    /// <summary>Removes the containers; the volumes, and so the data, stay.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => ComposeAsync(["--profile", "app", "down"], cancellationToken);

    /// <summary>The containers have one set of ports and passwords, which docker-compose.yml looks for beside itself.</summary>
    private void RequireRepository()
    {
        if (!File.Exists(Path.Combine(home, "docker-compose.yml")))
            throw new ServerException($"PIPELINE_HOME names {home}, where there is no docker-compose.yml: leave it unset where a Docker engine runs the servers");
    }

    /// <summary>A server and what prepares it, by their names in docker-compose.yml.</summary>
    private static string[] Services(Server server) => server switch
    {
        Server.Kafka => ["kafka", "kafka-topics"],
        Server.Mongo => ["mongo", "mongo-replica-set"],
        Server.MySql => ["mysql"],
        _ => ["redis"],
    };

    private ServerAddresses Addresses(IReadOnlySet<Server> servers)
    {
        const string User = ServerAddresses.User;
        const string Database = ServerAddresses.Database;
        string? Of(Server server, string address) => servers.Contains(server) ? address : null;
        return new ServerAddresses(
            Of(Server.Kafka, "127.0.0.1:9092"),
            // The replica set knows its member by a name that only the containers resolve: so, straight to it.
            Of(Server.Mongo, $"mongodb://{User}:{Secret("mongo_pipeline_password")}@127.0.0.1:27017/{Database}?directConnection=true"),
            Of(Server.MySql, $"Server=127.0.0.1;Port=3306;User ID={User};Password={Secret("mysql_pipeline_password")};Database={Database}"),
            Of(Server.Redis, $"127.0.0.1:6379,user={User},password={Secret("redis_pipeline_password")}"));
    }

    private string Secret(string name) => File.ReadAllText(Path.Combine(SecretsFolder, name)).Trim();

    private async Task ComposeAsync(string[] arguments, CancellationToken cancellationToken)
    {
        string[] compose = ["compose", "--file", Path.Combine(home, "docker-compose.yml"), "--profile", "servers"];
        var result = await Shell.RunAsync("docker", [.. compose, .. arguments], cancellationToken, progress);
        if (!result.Ok)
            throw new ServerException($"docker compose {string.Join(' ', arguments)} failed:\n{result.Tail}");
    }
}
