using MongoDB.Bson;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Tests.Events;

[Trait("speed", "fast")]
public sealed class BsonElementsTests
{
    private static readonly BsonDocument EveryType = new()
    {
        { "double", 1.5 },
        { "string", "text" },
        { "document", new BsonDocument("inner", new BsonDocument("deeper", 1)) },
        { "array", new BsonArray { 1, "two", new BsonDocument("three", 3.0) } },
        { "binary", new BsonBinaryData(new byte[3]) },
        { "uuid", new BsonBinaryData(SampleEvents.Id(1), GuidRepresentation.Standard) },
        { "undefined", BsonUndefined.Value },
        { "objectId", new ObjectId("0123456789abcdef01234567") },
        { "boolean", true },
        { "date", new BsonDateTime(1234567890123) },
        { "null", BsonNull.Value },
        { "regex", new BsonRegularExpression("a.b", "i") },
        { "code", new BsonJavaScript("f()") },
        { "symbol", BsonSymbol.Create("symbol") },
        { "scope", new BsonJavaScriptWithScope("f(x)", new BsonDocument("x", 1)) },
        { "int32", 7 },
        { "timestamp", new BsonTimestamp(5, 6) },
        { "int64", 1L << 40 },
        { "decimal", new BsonDecimal128(1.25m) },
        { "min", BsonMinKey.Value },
        { "max", BsonMaxKey.Value },
    };

    [Fact]
    public void Every_type_is_walked_with_its_name_and_bytes()
    {
        var bytes = EveryType.ToBson();
        BsonElements.Check(bytes);
        var names = new List<string>();
        var total = 5;
        var elements = new BsonElements(bytes);
        while (elements.MoveNext())
        {
            names.Add(System.Text.Encoding.UTF8.GetString(elements.Name));
            total += 1 + elements.Name.Length + 1 + elements.Value.Length;
        }
        Assert.Equal(EveryType.Names, names);
        Assert.Equal(bytes.Length, total);
    }

    [Fact]
    public void Numbers_of_any_width_are_read_and_other_types_are_nothing()
    {
        var seen = new Dictionary<string, (double, long)>();
        var elements = new BsonElements(EveryType.ToBson());
        while (elements.MoveNext())
            seen[System.Text.Encoding.UTF8.GetString(elements.Name)] = (elements.Number, elements.Integer);
        Assert.Equal((1.5, 1), seen["double"]);
        Assert.Equal((7, 7), seen["int32"]);
        Assert.Equal((1L << 40, 1L << 40), seen["int64"]);
        Assert.Equal((0, 1234567890123), seen["date"]);
        Assert.Equal((0, 0), seen["null"]);
        Assert.Equal((0, 0), seen["string"]);
    }

    [Fact]
    public void Damage_is_found_or_harmless_and_never_reads_outside()
    {
        var random = new Random(11);
        var whole = EveryType.ToBson();
        var found = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var hits = 1 + random.Next(3); hits > 0; hits--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                BsonElements.Check(bytes);
            }
            catch (FormatException)
            {
                found++;
            }
        }
        Assert.InRange(found, 5_000, 19_999);
    }

    [Fact]
    public void Every_cut_is_found()
    {
        var whole = EveryType.ToBson();
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<FormatException>(() => BsonElements.Check(whole.AsSpan(0, length)));
    }

    [Fact]
    public void Nesting_without_end_is_refused_before_the_stack_is_full()
    {
        var nested = new BsonDocument();
        for (var depth = 0; depth < 150; depth++)
            nested = new BsonDocument("n", nested);
        var bytes = nested.ToBson(writerSettings: new MongoDB.Bson.IO.BsonBinaryWriterSettings { MaxSerializationDepth = 200 });
        Assert.Throws<FormatException>(() => BsonElements.Check(bytes));
    }
}
