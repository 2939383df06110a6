using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Gateway.Tests;

[Trait("speed", "server")]
public sealed class QueryTests(GatewayFixture gateway)
{
    private const int Count = 12_000;
    private const int CursorNotFound = 43;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Filter_sort_skip_limit_and_projection_hold_together()
    {
        var numbers = await NumbersAsync(100);
        var found = await numbers.Find("{ _id: { $gte: 10, $lt: 20 } }").Sort("{ _id: -1 }").Skip(2).Limit(3).Project("{ k: 1, _id: 0 }").ToListAsync(Ct);
        Assert.Equal([7, 6, 5], found.Select(document => document["k"].AsInt32));
        Assert.All(found, document => Assert.Single(document));
    }

    [Theory]
    [InlineData(null, 700)]
    [InlineData("{ k: 1, _id: -1 }", 3000)]
    public async Task A_cursor_crosses_batches_without_loss_or_repetition(string? sort, int batch)
    {
        var numbers = await NumbersAsync();
        var found = await numbers.Find("{}", new FindOptions { BatchSize = batch }).Sort(sort).ToListAsync(Ct);

        var ids = found.Select(document => document["_id"].AsInt32).ToArray();
        Assert.Equal(Enumerable.Range(0, Count), ids.Order());
        if (sort is not null)
            Assert.Equal(found.OrderBy(document => document["k"].AsInt32).ThenByDescending(document => document["_id"].AsInt32), found);
    }

    [Fact]
    public async Task A_limit_past_the_batch_size_holds()
    {
        var numbers = await NumbersAsync();
        Assert.Equal(777, (await numbers.Find("{}", new FindOptions { BatchSize = 100 }).Limit(777).ToListAsync(Ct)).Count);
    }

    [Fact]
    public async Task Sixty_sorted_cursors_stay_open_at_once_and_leave_nothing_behind()
    {
        var numbers = await NumbersAsync();
        var cursors = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ =>
            numbers.Find("{}", new FindOptions { BatchSize = 5 }).Sort("{ p: 1 }").ToCursorAsync(Ct)));
        foreach (var cursor in cursors)
        {
            Assert.True(await cursor.MoveNextAsync(Ct));
            Assert.True(await cursor.MoveNextAsync(Ct));
            Assert.Equal(5, cursor.Current.Count());
            cursor.Dispose();
        }
    }

    [Fact]
    public async Task A_killed_cursor_is_not_found()
    {
        var database = (await NumbersAsync()).Database;
        var page = await database.RunCommandAsync<BsonDocument>("""{ find: "c", batchSize: 2 }""", cancellationToken: Ct);
        var id = page["cursor"]["id"].AsInt64;
        var killed = await database.RunCommandAsync<BsonDocument>(new BsonDocument { { "killCursors", "c" }, { "cursors", new BsonArray { id, 4711L } } }, cancellationToken: Ct);

        Assert.Equal([id], killed["cursorsKilled"].AsBsonArray.Select(value => value.AsInt64));
        Assert.Equal([4711L], killed["cursorsNotFound"].AsBsonArray.Select(value => value.AsInt64));
        var error = await Assert.ThrowsAsync<MongoCommandException>(
            () => database.RunCommandAsync<BsonDocument>(new BsonDocument { { "getMore", id }, { "collection", "c" } }, cancellationToken: Ct));
        Assert.Equal((CursorNotFound, "CursorNotFound"), (error.Code, error.CodeName));
    }

    [Fact]
    public async Task An_idle_cursor_expires_and_one_without_time_out_does_not()
    {
        var running = await gateway.StartAsync();
        var time = new FakeTimeProvider();
        await using var host = await running.GatewayAsync(options => options with { Time = time, CursorIdle = TimeSpan.FromMinutes(10) });
        using var client = GatewayFixture.Running.ClientOf(host);
        var database = client.GetDatabase((await NumbersAsync()).Database.DatabaseNamespace.DatabaseName);
        var idle = await OpenAsync(database, noTimeout: false);
        var kept = await OpenAsync(database, noTimeout: true);

        // Past the limit, and over many ticks of the sweep.
        for (var minute = 0; minute < 12; minute++)
            time.Advance(TimeSpan.FromMinutes(1));
        while ((await database.RunCommandAsync<BsonDocument>("{ serverStatus: 1 }", cancellationToken: Ct))["metrics"]["cursor"]["open"]["total"].ToInt32() > 1)
            await Task.Delay(20, Ct);

        Assert.Equal(CursorNotFound, (await Assert.ThrowsAsync<MongoCommandException>(() => MoreAsync(database, idle))).Code);
        Assert.NotEmpty((await MoreAsync(database, kept))["cursor"]["nextBatch"].AsBsonArray);
    }

    [Fact]
    public async Task Groups_sort_and_count()
    {
        var numbers = await NumbersAsync();
        var groups = await numbers.Aggregate()
            .Match("{ _id: { $lt: 1000 } }").AppendStage<BsonDocument>("{ $group: { _id: '$k', n: { $sum: 1 }, top: { $max: '$_id' } } }").Sort("{ _id: 1 }").ToListAsync(Ct);
        Assert.Equal(Enumerable.Range(0, 10).Select(k => BsonDocument.Parse($"{{ _id: {k}, n: 100, top: {990 + k} }}")), groups);
        Assert.Equal(Count / 10, await numbers.CountDocumentsAsync("{ k: 3 }", cancellationToken: Ct));
        Assert.Equal([0, 1, 2, 3], (await (await numbers.DistinctAsync<int>("k", "{ k: { $lt: 4 } }", cancellationToken: Ct)).ToListAsync(Ct)).Order());
    }

    [Theory]
    [InlineData("{ $facet: { all: [{ $count: 'n' }], one: [{ $limit: 1 }] } }", 1)]
    [InlineData("{ $bucket: { groupBy: '$k', boundaries: [0, 5, 10] } }", 2)]
    [InlineData("{ $lookup: { from: 'c', localField: 'k', foreignField: '_id', as: 'same' } }", 100)]
    [InlineData("{ $setWindowFields: { sortBy: { _id: 1 }, output: { running: { $sum: '$k', window: { documents: ['unbounded', 'current'] } } } } }", 100)]
    [InlineData("{ $group: { _id: { $dateTrunc: { date: { $toDate: { $toLong: '$_id' } }, unit: 'hour' } }, half: { $median: { input: '$k', method: 'approximate' } } } }", 1)]
    [InlineData("{ $sortByCount: '$k' }", 10)]
    [InlineData("{ $sample: { size: 7 } }", 7)]
    public async Task Stages_of_an_aggregation_run(string stage, int results)
    {
        var numbers = await NumbersAsync(100);
        Assert.Equal(results, (await numbers.Aggregate().AppendStage<BsonDocument>(stage).ToListAsync(Ct)).Count);
    }

    [Theory]
    [InlineData("{ $merge: { into: 'target', whenMatched: 'replace', whenNotMatched: 'insert' } }")]
    [InlineData("{ $out: 'target' }")]
    public async Task Results_go_into_another_collection(string stage)
    {
        var numbers = await NumbersAsync();
        for (var round = 0; round < 2; round++)
            await numbers.Aggregate().AppendStage<BsonDocument>("{ $group: { _id: '$k', n: { $sum: 1 } } }").AppendStage<BsonDocument>(stage).ToListAsync(Ct);

        var target = numbers.Database.GetCollection<BsonDocument>("target");
        Assert.Equal(10, await target.CountDocumentsAsync("{ n: " + (Count / 10) + " }", cancellationToken: Ct));
    }

    [Fact]
    public async Task Collation_is_on()
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertOneAsync(new BsonDocument("s", "ABC"), cancellationToken: Ct);
        var ignoringCase = new CountOptions { Collation = new Collation("en", strength: CollationStrength.Secondary) };
        Assert.Equal(1, await collection.CountDocumentsAsync("{ s: 'abc' }", ignoringCase, Ct));
    }

    [Fact]
    public async Task Explain_shows_the_plan_that_PostgreSQL_takes()
    {
        var numbers = await NumbersAsync();
        await numbers.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ p: 1 }"), cancellationToken: Ct);
        var plan = await numbers.Database.RunCommandAsync<BsonDocument>("""{ explain: { find: "c", filter: { p: 5 } } }""", cancellationToken: Ct);
        Assert.Contains("p_1", plan.ToString(), StringComparison.Ordinal);
    }

    private async Task<IMongoCollection<BsonDocument>> NumbersAsync(int count = Count)
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertManyAsync(
            Enumerable.Range(0, count).Select(i => new BsonDocument { { "_id", i }, { "k", i % 10 }, { "p", i * 7919 % count } }), cancellationToken: Ct);
        return collection;
    }

    private static async Task<long> OpenAsync(IMongoDatabase database, bool noTimeout)
    {
        var find = new BsonDocument { { "find", "c" }, { "batchSize", 2 }, { "noCursorTimeout", noTimeout } };
        return (await database.RunCommandAsync<BsonDocument>(find, cancellationToken: Ct))["cursor"]["id"].AsInt64;
    }

    private static Task<BsonDocument> MoreAsync(IMongoDatabase database, long id) =>
        database.RunCommandAsync<BsonDocument>(new BsonDocument { { "getMore", id }, { "collection", "c" }, { "batchSize", 2 } }, cancellationToken: Ct);
}
