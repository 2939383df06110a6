using Pipeline.Services.Kafka;
using Pipeline.Services.Processes;
using Pipeline.Services.Root;
using Pipeline.Services.Serving;

namespace Pipeline.Services.Local;

/// <summary>
/// One instance of the local servers. Everything of it is under its state folder, so instances do not touch each other, and one that
/// was cut off (a killed process, a power cut) is taken up again from there.
/// </summary>
public sealed class LocalServers : IAsyncDisposable
{
    private readonly LocalServersOptions _options;
    private readonly StateFolder _state;
    private readonly SortedDictionary<LocalServer, IProgram> _programs = [];

    private LocalServers(LocalServersOptions options, StateFolder state, ServicesRoot root)
    {
        _options = options;
        _state = state;
        // Nobody takes up data that end with their owner: only a power cut could tell whether they were on disk, and it takes the owner too.
        bool durable = !options.EndWithOwner;
        if (options.Servers.Contains(Server.MySql))
            _programs[LocalServer.MySql] = new MySqlProgram(root, state, durable);
        if (options.Servers.Contains(Server.Redis))
            _programs[LocalServer.Redis] = new RedisProgram(root, state);
        if (options.Servers.Contains(Server.Mongo))
            _programs[LocalServer.Documents] = new DocumentsProgram(root, state, durable);
        if (options.Servers.Contains(Server.Mongo) || options.Servers.Contains(Server.Kafka) || options.EndWithOwner)
        {
            var owner = options.EndWithOwner ? ProcessRecord.Of(Environment.ProcessId) : null;
            _programs[LocalServer.Serve] = new ServeProgram(state, options.Servers, owner);
        }
    }

    /// <summary>Where the servers answer. Kafka's address is a new one after the serve process was started again.</summary>
    public ServerAddresses Addresses => new(
        Endpoints?.Kafka,
        Endpoints?.Mongo,
        _programs.TryGetValue(LocalServer.MySql, out var mySql) ? ((MySqlProgram)mySql).ConnectionString : null,
        _programs.TryGetValue(LocalServer.Redis, out var redis) ? ((RedisProgram)redis).ConnectionString : null);

    /// <summary>What the serve process answers on; null when nothing of it was asked for.</summary>
    public ServeEndpoints? Endpoints => _programs.TryGetValue(LocalServer.Serve, out var serve) ? ((ServeProgram)serve).Endpoints : null;

    /// <summary>Starts what does not run yet, side by side, and waits until all of it answers.</summary>
    /// <exception cref="ServerException">Something does not start; what did start in this call is stopped again.</exception>
    public static async Task<LocalServers> StartAsync(LocalServersOptions options, CancellationToken cancellationToken)
    {
        var root = await ServicesRoot.EnsureAsync(options.CacheFolder, options.Progress, cancellationToken);
        var state = new StateFolder(options.StateFolder);
        void Waiting() => options.Progress("waiting for another process that starts servers here");
        using var alone = await FileLock.TakeAsync(state.LockFile, Waiting, cancellationToken);
        var servers = new LocalServers(options, state, root);
        await servers.StartAsync(cancellationToken);
        return servers;
    }

    /// <summary>The process of a server, null while it does not run.</summary>
    public int? Pid(LocalServer server) => Running(server)?.Pid;

    /// <summary>Starts one server, unless it runs, and waits until it answers.</summary>
    public Task StartAsync(LocalServer server, CancellationToken cancellationToken) =>
        Programs.StartAsync(_state, _programs[server], _options.Progress, cancellationToken);

    /// <summary>SIGKILL: what a power cut does to one server.</summary>
    public Task KillAsync(LocalServer server) => Running(server)?.KillAsync(CancellationToken.None) ?? Task.CompletedTask;

    /// <summary>Stops one server in its own way: everything written, then gone.</summary>
    public Task StopAsync(LocalServer server, CancellationToken cancellationToken) =>
        Programs.StopAsync(_state, _programs[server].Name, _options.Progress, cancellationToken);

    /// <summary>Fault injection of the Kafka stand-in.</summary>
    public Task<KafkaControlClient> ConnectKafkaControlAsync(CancellationToken cancellationToken) =>
        KafkaControlClient.ConnectAsync(Endpoints!.KafkaControl!, _state.Secret(StateFolder.KafkaControlSecret), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Programs.StopAllAsync(_state, _options.Progress, CancellationToken.None);
        if (_options.EndWithOwner)
            Directory.Delete(_state.Path, recursive: true);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var stopped = _programs.Keys.Where(server => Pid(server) is null).ToList();
        try
        {
            await Task.WhenAll(_programs.Keys.Except([LocalServer.Serve]).Select(server => StartAsync(server, cancellationToken)));
            if (_programs.ContainsKey(LocalServer.Serve)) // last: the gateway leans on PostgreSQL
                await StartAsync(LocalServer.Serve, cancellationToken);
        }
        catch
        {
            await Task.WhenAll(stopped.Select(server => StopAsync(server, CancellationToken.None)));
            throw;
        }
    }

    private ProcessRecord? Running(LocalServer server) => Programs.Find(_state, _programs[server].Name);
}
