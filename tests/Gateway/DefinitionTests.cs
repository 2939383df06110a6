using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Gateway.Tests;

/// <summary>Collections, databases and indexes.</summary>
[Trait("speed", "server")]
public sealed class DefinitionTests(GatewayFixture gateway)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Collections_and_databases_are_listed_and_dropped()
    {
        var database = await gateway.DatabaseAsync();
        var name = database.DatabaseNamespace.DatabaseName;
        await database.CreateCollectionAsync("made", cancellationToken: Ct);
        await database.GetCollection<BsonDocument>("filled").InsertOneAsync(new("_id", 1), cancellationToken: Ct);

        Assert.Equal(["filled", "made"], (await (await database.ListCollectionNamesAsync(cancellationToken: Ct)).ToListAsync(Ct)).Order());
        Assert.Contains(name, await (await database.Client.ListDatabaseNamesAsync(Ct)).ToListAsync(Ct));

        await database.DropCollectionAsync("made", Ct);
        await database.DropCollectionAsync("never", Ct);
        Assert.Equal(["filled"], await (await database.ListCollectionNamesAsync(cancellationToken: Ct)).ToListAsync(Ct));
        await database.Client.DropDatabaseAsync(name, Ct);
        Assert.DoesNotContain(name, await (await database.Client.ListDatabaseNamesAsync(Ct)).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_collection_is_renamed_with_its_documents()
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertOneAsync(new("_id", 1), cancellationToken: Ct);
        await collection.Database.RenameCollectionAsync("c", "d", cancellationToken: Ct);
        Assert.Equal(1, await collection.Database.GetCollection<BsonDocument>("d").CountDocumentsAsync("{}", cancellationToken: Ct));
    }

    [Fact]
    public async Task Indexes_are_made_on_a_filled_collection_listed_and_dropped()
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertManyAsync(Enumerable.Range(0, 1000).Select(i => new BsonDocument { { "_id", i }, { "a", i }, { "at", new BsonDateTime(i) } }), cancellationToken: Ct);
        string[] names = [.. await collection.Indexes.CreateManyAsync(
            [
                new("{ a: 1, b: -1 }"),
                new("{ at: 1 }", new() { ExpireAfter = TimeSpan.FromDays(365) }),
                new("{ u: 1 }", new CreateIndexOptions<BsonDocument> { Unique = true, PartialFilterExpression = "{ u: { $exists: true } }" }),
            ],
            Ct)];
        Assert.Equal(["a_1_b_-1", "at_1", "u_1"], names);
        Assert.Equal("a_1_b_-1", await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ a: 1, b: -1 }"), cancellationToken: Ct));

        var listed = (await (await collection.Indexes.ListAsync(Ct)).ToListAsync(Ct)).ToDictionary(index => index["name"].AsString);
        Assert.Equal(["_id_", "a_1_b_-1", "at_1", "u_1"], listed.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(365L * 86_400, listed["at_1"]["expireAfterSeconds"].ToInt64());
        Assert.True(listed["u_1"]["unique"].ToBoolean());
        Assert.Equal(BsonDocument.Parse("{ u: { $exists: true } }"), listed["u_1"]["partialFilterExpression"]);

        await collection.Indexes.DropOneAsync("at_1", Ct);
        Assert.Equal(3, (await (await collection.Indexes.ListAsync(Ct)).ToListAsync(Ct)).Count);
    }

    [Fact]
    public async Task A_unique_index_refuses_with_E11000_and_its_own_name()
    {
        var collection = await gateway.CollectionAsync();
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ e: 1 }", new CreateIndexOptions { Unique = true }), cancellationToken: Ct);
        await collection.InsertOneAsync(new BsonDocument { { "_id", 1 }, { "e", "a" } }, cancellationToken: Ct);

        var refused = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(() => collection.InsertManyAsync(
            [BsonDocument.Parse("{ _id: 3, e: 'b' }"), BsonDocument.Parse("{ _id: 4, e: 'a' }"), BsonDocument.Parse("{ _id: 5, e: 'c' }")],
            new InsertManyOptions { IsOrdered = false },
            Ct));
        var error = Assert.Single(refused.WriteErrors);
        Assert.Equal((1, 11000), (error.Index, error.Code));
        Assert.Contains("E11000", error.Message, StringComparison.Ordinal);
        Assert.Contains("index: e_1", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, refused.Result.InsertedCount);

        var command = await Assert.ThrowsAsync<MongoCommandException>(() => collection.FindOneAndUpdateAsync<BsonDocument>(
            "{ _id: 7 }", "{ $set: { e: 'a' } }", new() { IsUpsert = true }, Ct));
        Assert.Equal(11000, command.Code);
        Assert.Contains("E11000", command.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_validator_is_enforced()
    {
        var database = await gateway.DatabaseAsync();
        await database.RunCommandAsync<BsonDocument>("""{ create: "c", validator: { $jsonSchema: { bsonType: "object", required: ["x"] } } }""", cancellationToken: Ct);
        var refused = await Assert.ThrowsAsync<MongoWriteException>(
            () => database.GetCollection<BsonDocument>("c").InsertOneAsync(new("y", 1), cancellationToken: Ct));
        Assert.Equal(121, refused.WriteError.Code);
    }

    [Theory]
    [InlineData("{ ping: 1 }")]
    [InlineData("{ hello: 1 }")]
    [InlineData("{ isMaster: 1 }")]
    [InlineData("{ buildInfo: 1 }")]
    [InlineData("{ connectionStatus: 1 }")]
    [InlineData("{ whatsmyuri: 1 }")]
    [InlineData("{ getLog: 'startupWarnings' }")]
    [InlineData("{ getParameter: 1, featureCompatibilityVersion: 1 }")]
    [InlineData("{ getCmdLineOpts: 1 }")]
    [InlineData("{ hostInfo: 1 }")]
    [InlineData("{ serverStatus: 1 }")]
    [InlineData("{ listCommands: 1 }")]
    [InlineData("{ startSession: 1 }")]
    [InlineData("{ endSessions: [] }")]
    public async Task What_shells_ask_when_they_connect_is_answered(string command)
    {
        var running = await gateway.StartAsync();
        var reply = await running.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(command, cancellationToken: Ct);
        Assert.Equal(1, reply["ok"].ToInt32());
    }

    [Fact]
    public async Task Statistics_and_validation_answer()
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertOneAsync(new("_id", 1), cancellationToken: Ct);
        foreach (var command in new[] { "{ collStats: 'c' }", "{ dbStats: 1 }", "{ validate: 'c' }" })
            Assert.Equal(1, (await collection.Database.RunCommandAsync<BsonDocument>(command, cancellationToken: Ct))["ok"].ToInt32());
    }
}
