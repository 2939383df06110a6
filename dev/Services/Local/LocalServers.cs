using Pipeline.Services.Kafka;
using Pipeline.Services.Processes;
using Pipeline.Services.Root;
using Pipeline.Services.Serving;

namespace Pipeline.Services.Local;

/// <summary>
/// One instance of the local servers. Everything of it is under its state folder, so instances do not touch each other, and one that was cut off
/// (a killed process, a power cut) is taken up again from there.
/// </summary>
public sealed class LocalServers : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly LocalServersOptions _options;
    private readonly StateFolder _state;
    private readonly SortedDictionary<LocalServer, IServerProgram> _programs = [];

    private LocalServers(LocalServersOptions options, StateFolder state, ServicesRoot root)
    {
        _options = options;
        _state = state;
        if (options.Servers.Contains(Server.MySql))
            _programs[LocalServer.MySql] = new MySqlProgram(root, state);
        if (options.Servers.Contains(Server.Redis))
            _programs[LocalServer.Redis] = new RedisProgram(root, state);
        if (options.Servers.Contains(Server.Mongo))
            _programs[LocalServer.Documents] = new DocumentsProgram(root, state);
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
        using (await FileLock.TakeAsync(state.LockFile, () => options.Progress("waiting for another process that starts or stops servers here"), cancellationToken))
        {
            var servers = new LocalServers(options, state, root);
            var before = servers._programs.Keys.Where(server => servers.Pid(server) is not null).ToHashSet();
            try
            {
                await Task.WhenAll(servers._programs.Keys.Except([LocalServer.Serve]).Select(server => servers.StartAsync(server, cancellationToken)));
                if (servers._programs.ContainsKey(LocalServer.Serve)) // last: the gateway leans on PostgreSQL
                    await servers.StartAsync(LocalServer.Serve, cancellationToken);
                return servers;
            }
            catch
            {
                await Task.WhenAll(servers._programs.Keys.Where(server => !before.Contains(server)).Select(server => servers.StopAsync(server, CancellationToken.None)));
                throw;
            }
        }
    }

    /// <summary>The process of a server, null while it does not run.</summary>
    public int? Pid(LocalServer server) => Running(server)?.Pid;

    /// <summary>Starts one server, unless it runs, and waits until it answers.</summary>
    public async Task StartAsync(LocalServer server, CancellationToken cancellationToken)
    {
        var program = _programs[server];
        var process = Running(server);
        if (process is null)
        {
            await program.PrepareAsync(cancellationToken);
            process = Shell.Detach(_state.Log(program.Name), program.Command()) with { StopSignal = program.StopSignal };
            process.Write(_state.PidFile(program.Name));
        }
        await ReadyAsync(program, process, cancellationToken);
    }

    /// <summary>SIGKILL: what a power cut does to one server.</summary>
    public Task KillAsync(LocalServer server) => Running(server)?.KillAsync(CancellationToken.None) ?? Task.CompletedTask;

    /// <summary>Stops one server in its own way: everything written, then gone.</summary>
    public Task StopAsync(LocalServer server, CancellationToken cancellationToken) =>
        RunningProcesses.StopAsync(_state, _programs[server].Name, _options.Progress, cancellationToken);

    /// <summary>Fault injection of the Kafka stand-in.</summary>
    public Task<KafkaControlClient> ConnectKafkaControlAsync(CancellationToken cancellationToken) =>
        KafkaControlClient.ConnectAsync(Endpoints!.KafkaControl!, _state.Secret(StateFolder.KafkaControlSecret), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await RunningProcesses.StopAllAsync(_state, _options.Progress, CancellationToken.None);
        if (_options.EndWithOwner)
            Directory.Delete(_state.Path, recursive: true);
    }

    private ProcessRecord? Running(LocalServer server) => RunningProcesses.Find(_state, _programs[server].Name);

    private async Task ReadyAsync(IServerProgram program, ProcessRecord process, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await program.CheckAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (!process.IsAlive())
                    throw new ServerException($"{program.Name} ended while it was being started. {LogTail(program)}", e);
                if (TimeProvider.System.GetElapsedTime(started) > StartPatience)
                    throw new ServerException($"{program.Name} does not answer after {StartPatience.TotalSeconds:0} s: {e.Message}. {LogTail(program)}", e);
            }
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private string LogTail(IServerProgram program)
    {
        var log = _state.Log(program.Name);
        return $"The end of {log}:\n{string.Join('\n', File.ReadLines(log).TakeLast(15))}";
    }
}
