using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Services.Gateway.Errors;

namespace Pipeline.Gateway.Tests;

/// <summary>Errors carry MongoDB's numbers, each provoked for real: this is what holds the table of SQLSTATEs to the server.</summary>
[Trait("speed", "server")]
public sealed class ErrorTests(GatewayFixture gateway)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{ frobnicate: 1 }", 59, "CommandNotFound")]
    [InlineData("{ find: 'c', filter: { a: { $foo: 1 } } }", 2, "BadValue")]
    [InlineData("{ find: 'c', filter: 5 }", 14, "TypeMismatch")]
    [InlineData("{ find: 7 }", 14, "TypeMismatch")]
    [InlineData("{ find: '' }", 73, "InvalidNamespace")]
    [InlineData("{ find: 'c', hint: 'absent_1' }", 2, "BadValue")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $nope: 1 }], cursor: {} }", 40324, "Location40324")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $project: { x: { $divide: [1, 0] } } }], cursor: {} }", 2, "BadValue")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $group: { n: 1 } }], cursor: {} }", 15955, "Location15955")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $project: { x: { $toInt: 'abc' } } }], cursor: {} }", 241, "ConversionFailure")]
    [InlineData("{ aggregate: 'c', pipeline: [{ $project: { x: { $noSuch: 1 } } }], cursor: {} }", 31325, "Location31325")]
    [InlineData("{ getMore: 'x', collection: 'c' }", 14, "TypeMismatch")]
    [InlineData("{ killCursors: 'c' }", 9, "FailedToParse")]
    [InlineData("{ dropIndexes: 'c', index: 'absent_1' }", 27, "IndexNotFound")]
    [InlineData("{ dropIndexes: 'absent', index: 'x' }", 26, "NamespaceNotFound")]
    [InlineData("{ collMod: 'absent', validator: {} }", 26, "NamespaceNotFound")]
    [InlineData("{ create: 'c', capped: true, size: 1000 }", 115, "CommandNotSupported")]
    [InlineData("{ create: 'c', viewOn: 'd' }", 48, "NamespaceExists")]
    [InlineData("{ createIndexes: 'c', indexes: [{ key: { k: 1 }, name: 'k_1', unique: true }] }", 86, "IndexKeySpecsConflict")]
    [InlineData("{ createIndexes: 'c', indexes: [{ key: { k: 1 }, name: 'other' }] }", 85, "IndexOptionsConflict")]
    [InlineData("{ createIndexes: 'c', indexes: [{ key: { k: 'nonsense' }, name: 'n' }] }", 67, "CannotCreateIndex")]
    [InlineData("{ createIndexes: 'c', indexes: [{ key: { same: 1 }, name: 's', unique: true }] }", 11000, "DuplicateKey")]
    [InlineData("{ findAndModify: 'c', query: { _id: 1 }, update: { $set: { _id: 2 } } }", 66, "ImmutableField")]
    [InlineData("{ explain: { insert: 'c' } }", 59, "CommandNotFound")]
    [InlineData("{ getParameter: 1, nonsense: 1 }", 72, "InvalidOptions")]
    [InlineData("{ insert: 'c', documents: [{ _id: 9 }], txnNumber: { $numberLong: '1' } }", 20, "IllegalOperation")]
    public async Task A_command_that_fails_says_so_in_MongoDBs_numbers(string command, int code, string name)
    {
        var database = await FilledAsync();
        var error = await Assert.ThrowsAnyAsync<MongoCommandException>(() => database.RunCommandAsync<BsonDocument>(command, cancellationToken: Ct));
        Assert.Equal((code, name), (error.Code, error.CodeName));
    }

    [Theory]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $bad: { a: 1 } } }] }", 9)]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { a: 1 }, $inc: { a: 1 } } }] }", 40)]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $inc: { text: 1 } } }] }", 14)]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { _id: 5 } } }] }", 66)]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $set: { 'k.x': 1 } } }] }", 28)]
    [InlineData("{ update: 'c', updates: [{ q: { _id: 1 }, u: { $push: { k: 1 } } }] }", 2)]
    [InlineData("{ insert: 'c', documents: [{ _id: [1] }] }", 2)]
    [InlineData("{ insert: 'c', documents: [{ _id: 1 }] }", 11000)]
    public async Task A_write_that_fails_says_so_beside_its_document(string command, int code)
    {
        var reply = await (await FilledAsync()).RunCommandAsync<BsonDocument>(command, cancellationToken: Ct);
        var error = Assert.Single(reply["writeErrors"].AsBsonArray);
        Assert.Equal((0, code), (error["index"].AsInt32, error["code"].AsInt32));
    }

    [Fact]
    public async Task More_documents_than_announced_are_refused()
    {
        var database = await gateway.DatabaseAsync();
        var documents = new BsonArray(Enumerable.Range(0, 25_001).Select(i => new BsonDocument("_id", i)));
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => database.RunCommandAsync<BsonDocument>(
            new BsonDocument { { "insert", "c" }, { "documents", documents } }, cancellationToken: Ct));
        Assert.Equal((int)ErrorCode.InvalidLength, error.Code);
    }

    [Fact]
    public async Task A_transaction_is_refused_and_stores_nothing()
    {
        var collection = await gateway.CollectionAsync();
        var command = """{ insert: "c", documents: [{ _id: 1 }], lsid: { id: { $uuid: "c0ffee00-0000-4000-8000-000000000000" } }, txnNumber: { $numberLong: "1" }, startTransaction: true, autocommit: false }""";
        var error = await Assert.ThrowsAsync<MongoCommandException>(() => collection.Database.RunCommandAsync<BsonDocument>(command, cancellationToken: Ct));
        Assert.Equal(20, error.Code);
        Assert.Equal(0, await collection.CountDocumentsAsync("{}", cancellationToken: Ct));
    }

    [Fact]
    public async Task MaxTime_ends_a_command_with_50()
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertManyAsync(Enumerable.Range(0, 3000).Select(i => new BsonDocument { { "_id", i }, { "k", i % 10 } }), cancellationToken: Ct);
        var error = await Assert.ThrowsAsync<MongoExecutionTimeoutException>(
            () => collection.Aggregate(new AggregateOptions { MaxTime = TimeSpan.FromMilliseconds(300) }).AppendStage<BsonDocument>(Endless).ToListAsync(Ct));
        Assert.Equal(50, error.Code);
    }

    [Theory]
    [InlineData("40P01")]
    [InlineData("M001C")]
    [InlineData("57014")]
    public void A_state_comes_back_from_the_number_it_is_packed_into(string state)
    {
        Assert.Equal(state, SqlStates.Unpack(SqlStates.Pack(state)));
        Assert.True(SqlStates.TryGetCode(state, out var code));
        Assert.True(SqlStates.TryGetCode(SqlStates.Pack(state), out var same));
        Assert.Equal(code, same);
    }

    /// <summary>Each document against each, without an index: far longer than any test waits.</summary>
    internal const string Endless = "{ $lookup: { from: 'c', let: { a: '$k' }, pipeline: [{ $match: { $expr: { $eq: [{ $add: ['$k', 1] }, '$$a'] } } }, { $group: { _id: '$k' } }], as: 'x' } }";

    private async Task<IMongoDatabase> FilledAsync()
    {
        var collection = await gateway.CollectionAsync();
        await collection.InsertManyAsync(
            [BsonDocument.Parse("{ _id: 1, k: 1, same: 1, text: 'a' }"), BsonDocument.Parse("{ _id: 2, k: 2, same: 1 }")], cancellationToken: Ct);
        await collection.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>("{ k: 1 }"), cancellationToken: Ct);
        return collection.Database;
    }
}
