using System.Security.Cryptography;
using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Services.Kafka;
using Pipeline.Services.Local;
using StackExchange.Redis;

namespace Pipeline.Servers;

/// <summary>
/// Real servers for tests: those whose addresses the environment gives, else one instance of the local servers that all tests of the
/// process share. Every call gives a place of its own in them, so that tests run side by side and never clean up after each other.
/// </summary>
public static class TestServers
{
    private static readonly Lazy<Task<Shared>> Instance = new(StartSharedAsync);

    /// <summary>Connection string with a fresh database.</summary>
    public static async Task<string> MongoAsync()
    {
        var url = new MongoUrlBuilder((await Instance.Value).Addresses.Mongo) { DatabaseName = FreshName() };
        url.AuthenticationSource ??= "admin";
        return url.ToString();
    }

    /// <summary>Connection string with a fresh, empty database.</summary>
    public static async Task<string> MySqlAsync()
    {
        var builder = new MySqlConnectionStringBuilder((await Instance.Value).Addresses.MySql!);
        var fresh = FreshName();
        await using var connection = new MySqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var create = new MySqlCommand($"CREATE DATABASE `{fresh}`", connection);
        await create.ExecuteNonQueryAsync();
        builder.Database = fresh;
        // Every database has pools of its own. Those that tests have done with must not fill a server that all test processes share.
        builder.ConnectionIdleTimeout = 5;
        return builder.ConnectionString;
    }

    /// <summary>Configuration with a fresh, empty logical database.</summary>
    public static async Task<string> RedisAsync()
    {
        var options = ConfigurationOptions.Parse((await Instance.Value).Addresses.Redis!);
        options.AllowAdmin = true;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var server = connection.GetServers()[0];
        // Other test processes may share the server: it counts the databases that were given out. The first one keeps that count.
        var taken = await connection.GetDatabase(0).StringIncrementAsync("tests:databases");
        var database = 1 + (int)(taken % (server.DatabaseCount - 1));
        await server.FlushDatabaseAsync(database);
        options.AllowAdmin = false;
        options.DefaultDatabase = database;
        return options.ToString(includePassword: true);
    }

    /// <summary>Bootstrap servers. The cluster is shared: a test takes topics and groups of its own names.</summary>
    public static async Task<string> KafkaAsync() => (await Instance.Value).Addresses.Kafka!;

    /// <summary>Fault injection and topics of the shared Kafka stand-in.</summary>
    /// <exception cref="InvalidOperationException">Kafka is one that the environment gives.</exception>
    public static async Task<KafkaControlClient> KafkaControlAsync(CancellationToken cancellationToken) =>
        (await Instance.Value).Local is { Endpoints.Kafka: not null } local
            ? await local.ConnectKafkaControlAsync(cancellationToken)
            : throw new InvalidOperationException("only the Kafka stand-in has a control channel");

    /// <summary>Servers of the caller's own, for tests that kill them; dispose of them.</summary>
    /// <param name="servers">All four when none is named.</param>
    public static Task<LocalServers> PrivateAsync(params Server[] servers) =>
        StartAsync((servers.Length == 0 ? Enum.GetValues<Server>() : servers).ToHashSet());

    /// <summary>Ends the shared servers, if any test wanted them.</summary>
    public static async Task EndAsync()
    {
        if (Instance is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } started } && (await started).Local is { } local)
            await local.DisposeAsync();
    }

    /// <summary>A name that no other test has, allowed to the pipeline's MySQL user.</summary>
    public static string FreshName() => "test_" + RandomNumberGenerator.GetHexString(12, lowercase: true);

    private static async Task<Shared> StartSharedAsync()
    {
        var given = ServerAddresses.FromEnvironment();
        if (given.Missing.Count == 0)
            return new Shared(given, Local: null);
        var local = await StartAsync(given.Missing);
        return new Shared(given.Or(local.Addresses), local);
    }

    private static Task<LocalServers> StartAsync(IReadOnlySet<Server> servers) =>
        LocalServers.StartAsync(
            new LocalServersOptions
            {
                StateFolder = Directory.CreateTempSubdirectory($"pipeline-{Environment.ProcessId}-").FullName,
                Servers = servers,
                EndWithOwner = true,
                Progress = Console.Error.WriteLine,
            },
            CancellationToken.None);

    private sealed record Shared(ServerAddresses Addresses, LocalServers? Local);
}
