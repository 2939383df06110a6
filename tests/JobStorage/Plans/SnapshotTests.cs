using System.Globalization;
using Hangfire;
using Hangfire.States;
using MySqlConnector;
using Pipeline.JobStorage.Tests.Contract;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Plans;

/// <summary>A look into an empty queue while somebody reads an old snapshot, as a backup does: entries that are gone are still in the index.</summary>
[Trait("speed", "server")]
public sealed class SnapshotTests(ITestOutputHelper output)
{
    private const int Entries = 40_000;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Flavour.MySql)]
    [InlineData(Flavour.MariaDb)]
    public async Task A_look_does_not_pass_over_all_that_came_and_went(Flavour flavour)
    {
        // Of its own: pages that are read are counted by the server, not by the session.
        await using var server = await PrivateServer.CreateAsync(flavour, Cancelled);
        using var storage = new MySqlJobStorage(server.Address, new MySqlJobStorageOptions { LeaseDuration = TimeSpan.FromHours(1), LockLease = TimeSpan.FromHours(1) });
        storage.Migrate();
        storage.Parts.Keeper.Beat();
        await Databases.ExecuteAsync(server.Address, "UPDATE hangfire_pulse SET since = since - INTERVAL 1 DAY");
        await using var backup = new MySqlConnection(server.Address);
        await backup.OpenAsync(Cancelled);
        await using (var begin = new MySqlCommand("START TRANSACTION WITH CONSISTENT SNAPSHOT; SELECT COUNT(*) FROM hangfire_queue_entry", backup))
            await begin.ExecuteScalarAsync(Cancelled);
        await Databases.ExecuteAsync(server.Address, $"""
            SET SESSION cte_max_recursion_depth = {Entries};
            INSERT INTO hangfire_queue_entry (queue, job_id, available_at)
              WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Entries}) SELECT 'default', i, UTC_TIMESTAMP(6) - INTERVAL 1 HOUR FROM n;
            DELETE FROM hangfire_queue_entry;
            """.Replace("cte_max_recursion_depth", flavour == Flavour.MySql ? "cte_max_recursion_depth" : "max_recursive_iterations", StringComparison.Ordinal));

        long first = await PagesOfALookAsync(), second = await PagesOfALookAsync();
        output.WriteLine($"{Entries} entries came and went: a look everywhere reads {first} pages, one from where the queue was last empty {second}");
        Assert.True(second * 3 < first, $"{second} of {first}");
        // And it finds what comes.
        string id = new BackgroundJobClient(storage).Create(() => Work.Do("x"), new EnqueuedState());
        using var fetched = storage.GetConnection().FetchNextJob(["default"], Cancelled);
        Assert.Equal(id, fetched.JobId);

        async Task<long> PagesOfALookAsync()
        {
            long before = await PagesAsync();
            Assert.Null(storage.Parts.Fetch.TryNext(["default"], Cancelled));
            return await PagesAsync() - before;
        }

        async Task<long> PagesAsync()
        {
            await using var connection = new MySqlConnection(server.Address);
            await connection.OpenAsync(Cancelled);
            await using var command = new MySqlCommand("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_read_requests'", connection);
            await using var reader = await command.ExecuteReaderAsync(Cancelled);
            await reader.ReadAsync(Cancelled);
            return long.Parse(reader.GetString(1), CultureInfo.InvariantCulture);
        }
    }
}
