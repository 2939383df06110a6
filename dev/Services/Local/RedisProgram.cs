using Pipeline.Services.Processes;
using Pipeline.Services.Root;
using StackExchange.Redis;

namespace Pipeline.Services.Local;

internal sealed class RedisProgram(ServicesRoot root, StateFolder state) : RootedProgram(root, state, "redis", "redis:redis")
{
    private readonly int _port = state.Port("redis", inUse: Programs.Find(state, "redis") is not null);

    public string ConnectionString => $"127.0.0.1:{_port},password={State.Secret("redis")}";

    public override Task PrepareAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        // A file, not arguments: everybody can read a process's arguments. Many databases, so that each test can have its own.
        AtomicFile.Write(Path.Combine(Folder, "redis.conf"), $"""
            bind 127.0.0.1
            port {_port}
            requirepass {State.Secret("redis")}
            dir /srv
            databases 1024
            appendonly yes
            appendfsync everysec
            save ""
            maxmemory-policy noeviction

            """);
        return Task.CompletedTask;
    }

    public override async Task CheckAsync(int pid, CancellationToken cancellationToken)
    {
        var options = ConfigurationOptions.Parse(ConnectionString);
        options.ConnectRetry = 0;
        options.ConnectTimeout = 1000;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        await connection.GetDatabase().PingAsync(); // fails while the append-only file is still being loaded
    }

    protected override IReadOnlyList<string> Arguments() => ["redis-server", "/srv/redis.conf"];
}
