using MongoDB.Bson;
using MongoDB.Driver;

namespace Pipeline.Gateway.Tests;

[Trait("speed", "server")]
public sealed class WriteTests(GatewayFixture gateway)
{
    private const int DuplicateKey = 11000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unordered_insert_stores_all_but_the_duplicates_and_names_each()
    {
        var collection = await gateway.CollectionAsync();
        var ids = Enumerable.Range(0, 900).Select(_ => new BsonBinaryData(Guid.CreateVersion7(), GuidRepresentation.Standard)).ToArray();
        var batch = Enumerable.Range(0, 1000).Select(i => new BsonDocument { { "_id", ids[i % 900] }, { "n", i } });

        var refused = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(
            () => collection.InsertManyAsync(batch, new InsertManyOptions { IsOrdered = false }, Ct));

        Assert.Equal(900, refused.Result.InsertedCount);
        Assert.Equal(Enumerable.Range(900, 100), refused.WriteErrors.Select(error => error.Index));
        Assert.All(refused.WriteErrors, error =>
        {
            Assert.Equal(DuplicateKey, error.Code);
            Assert.Equal(ServerErrorCategory.DuplicateKey, error.Category);
            Assert.StartsWith("E11000 duplicate key error", error.Message, StringComparison.Ordinal);
            Assert.Contains(ids[error.Index % 900].ToGuid().ToString(), error.Message, StringComparison.Ordinal);
        });
        Assert.Equal(900, await collection.CountDocumentsAsync("{}", cancellationToken: Ct));
    }

    [Fact]
    public async Task A_duplicate_key_says_which_key_of_which_index()
    {
        var database = await gateway.DatabaseAsync();
        var reply = await database.RunCommandAsync<BsonDocument>(
            """{ insert: "c", documents: [{ _id: 1 }, { _id: "a\"b" }, { _id: 1 }, { _id: 2 }, { _id: "a\"b" }], ordered: false }""", cancellationToken: Ct);

        var errors = reply["writeErrors"].AsBsonArray;
        Assert.Equal([2, 4], errors.Select(error => error["index"].AsInt32));
        Assert.Equal(new BsonDocument("_id", 1), errors[0]["keyPattern"]);
        Assert.Equal(new BsonDocument("_id", 1), errors[0]["keyValue"]);
        Assert.Equal(new BsonDocument("_id", "a\"b"), errors[1]["keyValue"]);
        Assert.Contains("index: _id_ dup key: { _id: 1 }", errors[0]["errmsg"].AsString, StringComparison.Ordinal);
        Assert.Contains($"collection: {database.DatabaseNamespace.DatabaseName}.c ", errors[0]["errmsg"].AsString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ordered_insert_stops_at_the_first_duplicate()
    {
        var collection = await gateway.CollectionAsync();
        var refused = await Assert.ThrowsAsync<MongoBulkWriteException<BsonDocument>>(
            () => collection.InsertManyAsync([new("_id", 1), new("_id", 2), new("_id", 1), new("_id", 3)], cancellationToken: Ct));

        Assert.Equal(2, Assert.Single(refused.WriteErrors).Index);
        Assert.Equal(2, await collection.CountDocumentsAsync("{}", cancellationToken: Ct));
    }

    [Fact]
    public async Task Every_type_of_value_comes_back_as_it_went()
    {
        var collection = await gateway.CollectionAsync();
        var document = new BsonDocument
        {
            { "_id", ObjectId.Parse("507f1f77bcf86cd799439011") }, { "double", 1.5 }, { "text", "é\u0000x" }, { "nested", new BsonDocument("a", new BsonArray { 1, 2 }) },
            { "binary", new BsonBinaryData([1, 2, 3], BsonBinarySubType.UserDefined) }, { "bool", true }, { "date", new BsonDateTime(1_700_000_000_123) },
            { "null", BsonNull.Value }, { "regex", new BsonRegularExpression("a.b", "i") }, { "int", 5 }, { "timestamp", new BsonTimestamp(1, 2) },
            { "long", 1L << 40 }, { "decimal", Decimal128.Parse("1.10") }, { "min", BsonMinKey.Value }, { "max", BsonMaxKey.Value },
            { "code", new BsonJavaScript("x") }, { "scoped", new BsonJavaScriptWithScope("x", new BsonDocument("y", 1)) },
        };
        await collection.InsertOneAsync(document, cancellationToken: Ct);

        Assert.Equal(document, await collection.Find("{}").SingleAsync(Ct));
    }

    [Fact]
    public async Task A_document_of_16_MB_and_a_batch_of_40_MB_fit()
    {
        var collection = await gateway.CollectionAsync();
        var largest = new byte[(16 * 1024 * 1024) - 200];
        await collection.InsertOneAsync(new BsonDocument { { "_id", -1 }, { "bytes", largest } }, cancellationToken: Ct);
        var batch = Enumerable.Range(0, 40).Select(i => new BsonDocument { { "_id", i }, { "bytes", new byte[1_000_000] } });
        await collection.InsertManyAsync(batch, cancellationToken: Ct);

        Assert.Equal(41, await collection.CountDocumentsAsync("{}", cancellationToken: Ct));
        var sizes = await collection.Find("{}").ToListAsync(Ct);
        Assert.Equal(largest.Length + 40_000_000L, sizes.Sum(document => (long)document["bytes"].AsByteArray.Length));
    }

    [Fact]
    public async Task Updates_match_upsert_and_compute()
    {
        var collection = await gateway.CollectionAsync();
        var upserted = await collection.UpdateOneAsync("{ _id: 'x' }", "{ $inc: { n: 1 }, $setOnInsert: { c: 5 } }", new UpdateOptions { IsUpsert = true }, Ct);
        Assert.Equal("x", upserted.UpsertedId);
        var updated = await collection.UpdateOneAsync("{ _id: 'x' }", "{ $inc: { n: 1 } }", cancellationToken: Ct);
        Assert.Equal((1, 1), (updated.MatchedCount, updated.ModifiedCount));
        var stages = new EmptyPipelineDefinition<BsonDocument>().AppendStage<BsonDocument, BsonDocument, BsonDocument>("{ $set: { m: { $add: ['$n', 10] } } }");
        await collection.UpdateOneAsync("{ _id: 'x' }", Builders<BsonDocument>.Update.Pipeline(stages), new UpdateOptions { IsUpsert = true }, Ct);

        Assert.Equal(BsonDocument.Parse("{ _id: 'x', n: 2, c: 5, m: 12 }"), await collection.Find("{}").SingleAsync(Ct));
    }

    [Fact]
    public async Task A_mixed_bulk_write_counts_each_kind()
    {
        var collection = await gateway.CollectionAsync();
        var result = await collection.BulkWriteAsync(
            [
                new InsertOneModel<BsonDocument>(new("_id", 1)),
                new InsertOneModel<BsonDocument>(new("_id", 2)),
                new UpdateOneModel<BsonDocument>("{ _id: 1 }", "{ $set: { x: 1 } }"),
                new UpdateOneModel<BsonDocument>("{ _id: 9 }", "{ $set: { x: 1 } }") { IsUpsert = true },
                new ReplaceOneModel<BsonDocument>("{ _id: 2 }", new("y", 1)),
                new DeleteOneModel<BsonDocument>("{ _id: 1 }"),
                new DeleteManyModel<BsonDocument>("{ x: 7 }"),
            ],
            cancellationToken: Ct);

        Assert.Equal((2, 2, 2, 1), (result.InsertedCount, result.MatchedCount, result.ModifiedCount, result.DeletedCount));
        Assert.Equal(9, Assert.Single(result.Upserts).Id);
    }

    [Fact]
    public async Task Find_and_modify_returns_before_or_after()
    {
        var collection = await gateway.CollectionAsync();
        var after = await collection.FindOneAndUpdateAsync<BsonDocument>(
            "{ _id: 1 }", "{ $inc: { n: 1 } }", new() { IsUpsert = true, ReturnDocument = ReturnDocument.After }, Ct);
        Assert.Equal(BsonDocument.Parse("{ _id: 1, n: 1 }"), after);
        Assert.Equal(after, await collection.FindOneAndReplaceAsync<BsonDocument>("{ _id: 1 }", new BsonDocument("v", 2), cancellationToken: Ct));
        Assert.Equal(BsonDocument.Parse("{ _id: 1, v: 2 }"), await collection.FindOneAndDeleteAsync<BsonDocument>("{ _id: 1 }", cancellationToken: Ct));
    }

    [Fact]
    public async Task An_unacknowledged_write_arrives()
    {
        var collection = await gateway.CollectionAsync();
        await collection.WithWriteConcern(WriteConcern.Unacknowledged).InsertManyAsync([new("_id", 1), new("_id", 2)], cancellationToken: Ct);

        while (await collection.CountDocumentsAsync("{}", cancellationToken: Ct) < 2)
            await Task.Delay(20, Ct);
    }

    [Fact]
    public async Task Writers_racing_with_the_same_keys_in_any_order_store_each_exactly_once()
    {
        const int writers = 3, documents = 3000, rounds = 3;
        var collection = await gateway.CollectionAsync();
        await collection.Database.CreateCollectionAsync("c", cancellationToken: Ct);

        var inserted = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var stored = 0L;
            for (var round = 0; round < rounds; round++)
            {
                var order = Enumerable.Range(round * documents, documents).ToArray();
                new Random((writer * rounds) + round).Shuffle(order);
                stored += await InsertAsync(collection, order);
            }

            return stored;
        })));

        Assert.Equal(documents * rounds, inserted.Sum());
        Assert.Equal(documents * rounds, await collection.CountDocumentsAsync("{}", cancellationToken: Ct));
    }

    [Fact]
    public async Task Writers_racing_to_update_the_same_documents_in_any_order_apply_each_change_exactly_once()
    {
        const int writers = 3, documents = 300, rounds = 3;
        var collection = await gateway.CollectionAsync();
        await collection.InsertManyAsync(Enumerable.Range(0, documents).Select(id => new BsonDocument("_id", id)), cancellationToken: Ct);

        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < rounds; round++)
            {
                var order = Enumerable.Range(0, documents).ToArray();
                new Random((writer * rounds) + round).Shuffle(order);
                await collection.BulkWriteAsync(
                    order.Select(id => new UpdateOneModel<BsonDocument>(new BsonDocument("_id", id), "{ $inc: { n: 1 } }")), new() { IsOrdered = false }, Ct);
            }
        })));

        Assert.Equal(documents, await collection.CountDocumentsAsync(new BsonDocument("n", writers * rounds), cancellationToken: Ct));
    }

    private static async Task<long> InsertAsync(IMongoCollection<BsonDocument> collection, int[] ids)
    {
        try
        {
            await collection.InsertManyAsync(ids.Select(id => new BsonDocument("_id", id)), new InsertManyOptions { IsOrdered = false }, Ct);
            return ids.Length;
        }
        catch (MongoBulkWriteException<BsonDocument> refused)
        {
            Assert.All(refused.WriteErrors, error => Assert.Equal(DuplicateKey, error.Code));
            return refused.Result.InsertedCount;
        }
    }
}
