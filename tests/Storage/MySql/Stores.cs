using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Pipeline.Servers;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.Tests.MySql;

/// <summary>A fresh, migrated database and the stores on it.</summary>
public sealed class Stores : IAsyncDisposable
{
    private Stores(Database database)
    {
        Database = database;
        Runs = new RunStore(database);
        Generations = new GenerationStore(database);
        Pruning = new GenerationPruning(database);
        Popularity = new PopularityStore(database);
    }

    public Database Database { get; }
    public RunStore Runs { get; }
    public GenerationStore Generations { get; }
    public GenerationPruning Pruning { get; }
    public PopularityStore Popularity { get; }

    public static async Task<Stores> CreateAsync() => await MigrateAsync(await TestServers.MySqlAsync());

    /// <summary>Skips the test where MariaDB is not installed.</summary>
    public static async Task<Stores> CreateOnMariaDbAsync()
    {
        Assert.SkipUnless(MariaDb.IsInstalled, "MariaDB is not installed: apt-get install mariadb-server-core mariadb-client-core");
        var address = new MySqlConnectionStringBuilder((await MariaDb.SharedAsync()).Address);
        string fresh = TestServers.FreshName();
        await using (var connection = new MySqlConnection(address.ConnectionString))
            await connection.ExecuteAsync($"CREATE DATABASE `{fresh}`");
        address.Database = fresh;
        return await MigrateAsync(address.ConnectionString);
    }

    private static async Task<Stores> MigrateAsync(string address)
    {
        var database = new Database(address, TimeProvider.System, NullLogger<Database>.Instance);
        await new Schema(database, Schema.Embedded, NullLogger<Schema>.Instance).MigrateAsync(TestContext.Current.CancellationToken);
        return new Stores(database);
    }

    /// <summary>Opens a run that nobody else asks for.</summary>
    public async Task<RunLease> OpenRunAsync(string owner = "tester", TimeSpan? lease = null)
    {
        var opened = await Runs.OpenAsync(
            new RunRequest($"job-{owner}", null, owner, lease ?? TimeSpan.FromMinutes(1), "{}", "a test"), TestContext.Current.CancellationToken);
        return Assert.NotNull(opened.Lease);
    }

    /// <summary>Writes a generation of one-title lists for members 1 to <paramref name="members"/>, without publishing it.</summary>
    public async Task<long> WriteGenerationAsync(RunLease lease, int members = 3, long contentId = 1001)
    {
        var cancelled = TestContext.Current.CancellationToken;
        long generation = await Generations.CreateAsync(GenerationStore.GlobalScope, lease, null, cancelled);
        await Generations.WriteAsync(
            generation,
            [.. Enumerable.Range(1, members).Select(user => new RecommendationList(user, [new ListedItem(contentId, 0.5, new ListReason("popular"))]))],
            cancelled);
        return generation;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
