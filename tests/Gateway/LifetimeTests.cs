using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Servers;
using Pipeline.Services.Gateway;
using Pipeline.Services.Local;

namespace Pipeline.Gateway.Tests;

/// <summary>Clients that go away, PostgreSQL that goes away, and a gateway that stops.</summary>
[Trait("speed", "server")]
public sealed class LifetimeTests(GatewayFixture gateway)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_goes_away_takes_its_running_statement_along()
    {
        var (running, database) = await BusyDatabaseAsync();
        await using var host = await running.GatewayAsync(options => Marked(options, database));
        using (var client = await WireClient.LogInAsync(host.EndPoint, Ct))
        {
            await client.SendAsync(WireClient.Message(Endless(database)), Ct);
            await UntilRunningAsync(running, database, isRunning: true);
        }

        await UntilRunningAsync(running, database, isRunning: false);
    }

    [Fact]
    public async Task A_write_that_wants_no_answer_outlives_its_client()
    {
        const int count = 20_000;
        var collection = await gateway.CollectionAsync();
        using (var client = await WireClient.LogInAsync((await gateway.StartAsync()).Host.EndPoint, Ct))
        {
            var insert = new BsonDocument
            {
                { "insert", "c" }, { "documents", new BsonArray(Enumerable.Range(0, count).Select(i => new BsonDocument("_id", i))) },
                { "writeConcern", new BsonDocument("w", 0) }, { "$db", collection.Database.DatabaseNamespace.DatabaseName },
            };
            const uint moreToCome = 2;
            await client.SendAsync(WireClient.Message(insert, moreToCome), Ct);
        }

        while (await collection.CountDocumentsAsync("{}", cancellationToken: Ct) < count)
            await Task.Delay(20, Ct);
    }

    [Fact]
    public async Task A_stop_lets_a_command_finish_and_cancels_one_that_does_not()
    {
        var (running, database) = await BusyDatabaseAsync();
        var host = await running.GatewayAsync(options => Marked(options, database) with { StopGrace = TimeSpan.FromMilliseconds(300) });
        using var client = await WireClient.LogInAsync(host.EndPoint, Ct);
        await client.SendAsync(WireClient.Message(Endless(database)), Ct);
        await UntilRunningAsync(running, database, isRunning: true);

        await host.DisposeAsync();
        await UntilRunningAsync(running, database, isRunning: false);
        await Assert.ThrowsAnyAsync<Exception>(() => WireClient.ConnectAsync(host.EndPoint, Ct));
    }

    [Fact]
    public async Task A_pool_that_stays_busy_is_told_as_that_and_not_as_the_clients_time_limit()
    {
        var (running, database) = await BusyDatabaseAsync();
        await using var host = await running.GatewayAsync(options => Marked(options, database) with { PoolSize = 1, PoolWait = TimeSpan.FromMilliseconds(200), StopGrace = TimeSpan.Zero });
        using var busy = await WireClient.LogInAsync(host.EndPoint, Ct);
        await busy.SendAsync(WireClient.Message(Endless(database)), Ct);
        await UntilRunningAsync(running, database, isRunning: true);

        using var waiting = await WireClient.LogInAsync(host.EndPoint, Ct);
        var reply = await waiting.RunAsync(new BsonDocument { { "find", "c" }, { "$db", database } }, Ct);
        Assert.Equal((262, "ExceededTimeLimit"), (reply["code"].AsInt32, reply["codeName"].AsString));
        Assert.Contains("stayed busy", reply["errmsg"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_gives_back_the_connection_that_its_cursor_had_pinned()
    {
        var (running, database) = await BusyDatabaseAsync();
        // By DocumentDB's default a sorted cursor keeps its portal, and with it the only connection there is.
        await using var host = await running.GatewayAsync(options => options with
        {
            ConnectionString = options.ConnectionString + ";Options=-c documentdb.useFileBasedPersistedCursors=off",
            PoolSize = 1,
            PoolWait = TimeSpan.FromMilliseconds(500),
        });
        using var other = await WireClient.LogInAsync(host.EndPoint, Ct);
        var ping = new BsonDocument { { "ping", 1 }, { "$db", "admin" } };
        using (var client = await WireClient.LogInAsync(host.EndPoint, Ct))
        {
            var page = await client.RunAsync(
                new BsonDocument { { "find", "c" }, { "sort", new BsonDocument("k", 1) }, { "batchSize", 3 }, { "$db", database } }, Ct);
            var next = await client.RunAsync(
                new BsonDocument { { "getMore", page["cursor"]["id"] }, { "collection", "c" }, { "batchSize", 3 }, { "$db", database } }, Ct);
            Assert.Equal(3, next["cursor"]["nextBatch"].AsBsonArray.Count);
            Assert.Equal(262, (await other.RunAsync(ping, Ct))["code"].AsInt32);
        }

        while ((await other.RunAsync(ping, Ct))["ok"].ToInt32() != 1)
            await Task.Delay(20, Ct);
    }

    [Fact]
    public async Task Connections_and_cursors_past_their_bound_are_refused()
    {
        var running = await gateway.StartAsync();
        await using var host = await running.GatewayAsync(options => options with { MaxConnections = 2, MaxCursors = 1 });
        using var first = await WireClient.LogInAsync(host.EndPoint, Ct);
        using var second = await WireClient.LogInAsync(host.EndPoint, Ct);
        using var third = await WireClient.ConnectAsync(host.EndPoint, Ct);
        Assert.Null(await third.ReceiveAsync(Ct));

        var name = TestServers.FreshName();
        await first.RunAsync(new BsonDocument { { "insert", "c" }, { "documents", new BsonArray { new BsonDocument(), new BsonDocument(), new BsonDocument() } }, { "$db", name } }, Ct);
        var open = new BsonDocument { { "find", "c" }, { "batchSize", 1 }, { "$db", name } };
        Assert.Equal(1, (await first.RunAsync(open, Ct))["ok"].ToInt32());
        Assert.Equal(365, (await second.RunAsync(open, Ct))["code"].AsInt32);
    }

    [Fact]
    public async Task An_outage_of_PostgreSQL_looks_like_one_and_ends_without_a_restart()
    {
        await using var running = await GatewayFixture.Running.StartAsync();
        var collection = running.Client.GetDatabase("outage").GetCollection<BsonDocument>("c");
        await collection.InsertOneAsync(new("_id", 1), cancellationToken: Ct);
        var stored = 1;

        await running.Servers.KillAsync(LocalServer.Documents);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            // What a worker must be able to tell from a refusal of its documents: the server is away, so wait and try again.
            var write = await Assert.ThrowsAnyAsync<MongoException>(() => collection.InsertManyAsync([new("_id", 100 + attempt)], new() { IsOrdered = false }, Ct));
            Assert.IsType<MongoNodeIsRecoveringException>(write);
            Assert.IsType<MongoNodeIsRecoveringException>(await Assert.ThrowsAnyAsync<MongoException>(() => collection.Find("{}").FirstOrDefaultAsync(Ct)));
        }

        await running.Servers.StartAsync(LocalServer.Documents, Ct);
        // Connections that broke are dropped together, so at most one command still meets a broken one.
        var failures = 0;
        for (var id = 2; stored < 20; id++)
        {
            try
            {
                await collection.InsertOneAsync(new("_id", id), cancellationToken: Ct);
                stored++;
            }
            catch (MongoNodeIsRecoveringException)
            {
                Assert.True(++failures <= 1);
            }
        }

        Assert.Equal(stored, await collection.CountDocumentsAsync("{}", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_gateway_starts_while_PostgreSQL_is_away()
    {
        var running = await gateway.StartAsync();
        await using var host = await running.GatewayAsync(options => options with { ConnectionString = "Host=127.0.0.1;Port=1;Username=nobody;Database=none" });
        using var client = await WireClient.LogInAsync(host.EndPoint, Ct);
        var reply = await client.RunAsync(new BsonDocument { { "ping", 1 }, { "$db", "admin" } }, Ct);
        Assert.Equal((91, "ShutdownInProgress"), (reply["code"].AsInt32, reply["codeName"].AsString));
    }

    [Fact]
    public async Task Failures_are_logged_without_a_word_of_any_document()
    {
        var running = await gateway.StartAsync();
        var log = new StringWriter();
        await using (var host = await running.GatewayAsync(options => options with { ConnectionString = "Host=127.0.0.1;Port=1;Username=nobody;Database=none", Log = log }))
        {
            using var client = await WireClient.LogInAsync(host.EndPoint, Ct);
            await client.RunAsync(new BsonDocument { { "insert", "c" }, { "documents", new BsonArray { new BsonDocument("secret", "payload") } }, { "$db", "x\ny" } }, Ct);
        }

        var line = Assert.Single(log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("event=command_failed", line, StringComparison.Ordinal);
        Assert.Contains("command=insert", line, StringComparison.Ordinal);
        Assert.Contains("code=91", line, StringComparison.Ordinal);
        Assert.DoesNotContain("payload", line, StringComparison.Ordinal);
    }

    private static BsonDocument Endless(string database) => new()
    {
        { "aggregate", "c" }, { "pipeline", new BsonArray { BsonDocument.Parse(ErrorTests.Endless) } }, { "cursor", new BsonDocument() }, { "$db", database },
    };

    private async Task<(GatewayFixture.Running Running, string Database)> BusyDatabaseAsync()
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertManyAsync(Enumerable.Range(0, 5000).Select(i => new BsonDocument { { "_id", i }, { "k", i % 10 } }), cancellationToken: Ct);
        return (await gateway.StartAsync(), collection.Database.DatabaseNamespace.DatabaseName);
    }

    /// <summary>PostgreSQL shows the name beside each statement, which tells this gateway's from those of other tests.</summary>
    private static GatewayOptions Marked(GatewayOptions options, string name) =>
        options with { ConnectionString = $"{options.ConnectionString};Application Name={name}" };

    /// <summary>Waits for the statement of <see cref="Endless"/> to appear in, or to be gone from, pg_stat_activity.</summary>
    private static async Task UntilRunningAsync(GatewayFixture.Running running, string database, bool isRunning)
    {
        var started = Stopwatch.GetTimestamp();
        while (await running.SqlAsync<long>(
            $"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND application_name = '{database}'", Ct) > 0 != isRunning)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"the statement on {database} is {(isRunning ? "not there" : "still there")}");
            await Task.Delay(20, Ct);
        }
    }
}
