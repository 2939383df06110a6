using MongoDB.Bson;
using Pipeline.Services.Gateway.Bson;
using BsonException = Pipeline.Services.Gateway.Bson.BsonException;

namespace Pipeline.Gateway.Tests;

[Trait("speed", "fast")]
public sealed class BsonTests
{
    private static readonly BsonDocument EveryType = new()
    {
        { "double", 1.5 }, { "text", "é" }, { "nested", new BsonDocument("a", new BsonArray { 1, "b" }) }, { "binary", new byte[] { 1, 2 } },
        { "undefined", BsonUndefined.Value }, { "id", ObjectId.Parse("507f1f77bcf86cd799439011") }, { "bool", true }, { "date", new BsonDateTime(1) },
        { "null", BsonNull.Value }, { "regex", new BsonRegularExpression("a", "i") }, { "code", new BsonJavaScript("x") }, { "symbol", (BsonSymbol)"s" },
        { "scoped", new BsonJavaScriptWithScope("x", new BsonDocument("y", 1)) }, { "int", 5 }, { "timestamp", new BsonTimestamp(1) }, { "long", 6L },
        { "decimal", Decimal128.One }, { "min", BsonMinKey.Value }, { "max", BsonMaxKey.Value },
    };

    [Fact]
    public void The_walk_visits_every_element_in_order()
    {
        var document = EveryType.ToBson();
        BsonValidator.Validate(document);
        var walker = new BsonWalker(document);
        List<string> names = [];
        while (walker.MoveNext(out var element))
        {
            names.Add(System.Text.Encoding.UTF8.GetString(element.Name));
            Assert.Equal((byte)EveryType[names.Count - 1].BsonType, unchecked((byte)element.Type));
        }

        Assert.Equal(EveryType.Names, names);
    }

    [Fact]
    public void A_document_cut_short_anywhere_is_refused()
    {
        var document = EveryType.ToBson();
        for (var length = 0; length < document.Length; length++)
        {
            var cut = document[..length];
            Assert.Throws<BsonException>(() => BsonValidator.Validate(cut));
            if (length < 5)
                continue;
            // The same with a length that claims to be right.
            BitConverter.TryWriteBytes(cut, length);
            cut[^1] = 0;
            AssertValidOrRefused(cut);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damage_is_valid_or_refused_and_never_anything_else(int seed)
    {
        var random = new Random(seed);
        var original = EveryType.ToBson();
        for (var round = 0; round < 20_000; round++)
        {
            var document = original.ToArray();
            for (var damage = random.Next(1, 5); damage > 0; damage--)
                document[random.Next(document.Length)] = (byte)random.Next(256);
            AssertValidOrRefused(document);
        }
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        static byte[] Nested(int depth)
        {
            var document = new BsonDocument();
            for (; depth > 0; depth--)
                document = new BsonDocument("a", document);
            return document.ToBson(writerSettings: new() { MaxSerializationDepth = 1000 });
        }

        BsonValidator.Validate(Nested(BsonValidator.MaxDepth));
        Assert.Throws<BsonException>(() => BsonValidator.Validate(Nested(BsonValidator.MaxDepth + 1)));
    }

    [Fact]
    public void A_written_document_reads_back()
    {
        var written = new BsonWriter()
            .Int32("int", -5).Int64("long", 1L << 40).Double("double", 1.5).Boolean("bool", true).String("text", "é\u0000x")
            .Date("date", DateTimeOffset.FromUnixTimeMilliseconds(123)).Binary("binary", 0, [1, 2])
            .Document("nested").Array("list").String("0", new string('x', 5000)).End().End()
            .ToArray();

        BsonValidator.Validate(written);
        var expected = new BsonDocument
        {
            { "int", -5 }, { "long", 1L << 40 }, { "double", 1.5 }, { "bool", true }, { "text", "é\u0000x" }, { "date", new BsonDateTime(123) },
            { "binary", new byte[] { 1, 2 } }, { "nested", new BsonDocument("list", new BsonArray { new string('x', 5000) }) },
        };
        Assert.Equal(expected, MongoDB.Bson.Serialization.BsonSerializer.Deserialize<BsonDocument>(written));
    }

    private static void AssertValidOrRefused(byte[] document)
    {
        try
        {
            BsonValidator.Validate(document);
        }
        catch (BsonException)
        {
            // Refused, as it should be.
        }
    }
}
