using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Servers;
using Pipeline.Services.Local;
using Pipeline.Services.Processes;
using Pipeline.Services.Root;
using StackExchange.Redis;

namespace Pipeline.Services.Tests.Local;

/// <summary>One instance of its own, killed and stopped; and what it must leave behind.</summary>
[Trait("speed", "server")]
public sealed class LocalServersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_killed_servers_acknowledged_is_there_when_they_are_back()
    {
        await using var servers = await TestServers.PrivateAsync();
        var before = servers.Addresses;
        await WriteAsync(before);

        await Task.WhenAll(Enum.GetValues<LocalServer>().Select(servers.KillAsync));
        Assert.All(Enum.GetValues<LocalServer>(), server => Assert.Null(servers.Pid(server)));
        foreach (var server in Enum.GetValues<LocalServer>())
            await servers.StartAsync(server, Ct);

        Assert.Equal(before with { Kafka = servers.Addresses.Kafka }, servers.Addresses);
        MySqlConnection.ClearAllPools();
        await AssertWrittenAsync(servers.Addresses);
    }

    [Fact]
    public async Task A_lock_file_that_names_somebody_else_does_not_keep_MySQL_from_starting()
    {
        var options = new LocalServersOptions
        {
            StateFolder = Path.Combine(_folder.Path, "instance"),
            Servers = new HashSet<Server> { Server.MySql },
            EndWithOwner = true,
        };
        await using var servers = await LocalServers.StartAsync(options, Ct);
        await servers.KillAsync(LocalServer.MySql);

        // After a power cut the pid in it may be anybody's: here it is ours.
        await File.WriteAllTextAsync(Path.Combine(options.StateFolder, "data", "mysql", "mysql.sock.lock"), $"{Environment.ProcessId}\n", Ct);
        await servers.StartAsync(LocalServer.MySql, Ct);

        Assert.NotNull(servers.Pid(LocalServer.MySql));
    }

    [Fact]
    public async Task A_start_that_finds_servers_running_leaves_them_alone()
    {
        await using var servers = await StartRedisAsync(_folder.Path);
        var pid = servers.Pid(LocalServer.Redis);

        await servers.StartAsync(LocalServer.Redis, Ct);

        Assert.Equal(pid, servers.Pid(LocalServer.Redis));
    }

    [Fact]
    public async Task Two_instances_do_not_touch_each_other()
    {
        await using var first = await StartRedisAsync(Path.Combine(_folder.Path, "first"));
        await using var second = await StartRedisAsync(Path.Combine(_folder.Path, "second"));
        await using var redis = await ConnectionMultiplexer.ConnectAsync(first.Addresses.Redis!);
        await using var other = await ConnectionMultiplexer.ConnectAsync(second.Addresses.Redis!);
        await redis.GetDatabase().StringSetAsync("key", "first");

        Assert.False(await other.GetDatabase().KeyExistsAsync("key"));
        await second.KillAsync(LocalServer.Redis);
        Assert.Equal("first", await redis.GetDatabase().StringGetAsync("key"));
    }

    [Fact]
    public async Task A_stop_leaves_no_process_and_no_mount()
    {
        var options = new LocalServersOptions { StateFolder = Path.Combine(_folder.Path, "instance"), EndWithOwner = true };
        ProcessRecord[] processes;
        await using (var servers = await LocalServers.StartAsync(options, Ct))
        {
            processes = [.. Enum.GetValues<LocalServer>().Select(server => ProcessRecord.Of(servers.Pid(server)!.Value)!)];
            Assert.Empty(Mounts(options));
        }

        Assert.All(processes, process => Assert.False(process.IsAlive()));
        Assert.Empty(Mounts(options));
        Assert.False(Directory.Exists(options.StateFolder));
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why_and_leaves_nothing_running()
    {
        var state = _folder.Path;
        await using (await StartRedisAsync(state))
        {
        }
        var data = Path.Combine(state, "data", "redis");
        await File.WriteAllTextAsync(Directory.GetFiles(data, "*.manifest", SearchOption.AllDirectories)[0], "nonsense\n", Ct);

        var error = await Assert.ThrowsAsync<ServerException>(() => StartRedisAsync(state));

        Assert.Contains("redis ended while it was being started", error.Message);
        Assert.Contains(Path.Combine(state, "logs", "redis.log"), error.Message);
        Assert.Contains("manifest", error.Message);
        Assert.Null(Programs.Find(new StateFolder(state), "redis"));
    }

    [Fact]
    public async Task The_pipeline_user_has_its_own_databases_and_those_of_tests_only()
    {
        var builder = new MySqlConnectionStringBuilder(await TestServers.MySqlAsync());
        await using var connection = new MySqlConnection(builder.ConnectionString);
        await connection.OpenAsync(Ct);

        Assert.Equal(0, await ExecuteAsync(connection, "CREATE TABLE one (id INT)"));
        string[] others = ["CREATE DATABASE other", "SELECT * FROM mysql.user", "CREATE USER other", "SELECT 1 INTO OUTFILE '/srv/out'"];
        foreach (var refused in others)
        {
            var error = await Assert.ThrowsAsync<MySqlException>(() => ExecuteAsync(connection, refused));
            Assert.Contains("denied", error.Message);
        }
    }

    private static IEnumerable<string> Mounts(LocalServersOptions options) =>
        Machine.MountsBelow(options.CacheFolder).Concat(Machine.MountsBelow(options.StateFolder));

    private static Task<LocalServers> StartRedisAsync(string state) =>
        LocalServers.StartAsync(new LocalServersOptions { StateFolder = state, Servers = new HashSet<Server> { Server.Redis } }, Ct);

    private static async Task<int> ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task WriteAsync(ServerAddresses addresses)
    {
        await using var mySql = new MySqlConnection(addresses.MySql);
        await mySql.OpenAsync(Ct);
        await ExecuteAsync(mySql, "CREATE TABLE kept (id INT PRIMARY KEY); INSERT INTO kept VALUES (42)");

        await Documents(addresses).InsertOneAsync(new BsonDocument("_id", 42), cancellationToken: Ct);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(addresses.Redis!);
        await redis.GetDatabase().StringSetAsync("kept", 42);
    }

    private static async Task AssertWrittenAsync(ServerAddresses addresses)
    {
        await using var mySql = new MySqlConnection(addresses.MySql);
        await mySql.OpenAsync(Ct);
        await using var read = new MySqlCommand("SELECT id FROM kept", mySql);
        Assert.Equal(42, await read.ExecuteScalarAsync(Ct));

        Assert.Equal(42, (await Documents(addresses).Find(FilterDefinition<BsonDocument>.Empty).SingleAsync(Ct))["_id"].AsInt32);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(addresses.Redis!);
        Assert.Equal(42, (int)await redis.GetDatabase().StringGetAsync("kept"));
    }

    private static IMongoCollection<BsonDocument> Documents(ServerAddresses addresses) =>
        new MongoClient(addresses.Mongo).GetDatabase(ServerAddresses.Database).GetCollection<BsonDocument>("kept");
}
