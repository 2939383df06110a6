using System.Globalization;
using System.Text;
using CsCheck;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Pipeline.Ingest.Events;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Events;

[Trait("speed", "fast")]
public sealed class EventValidatorProperties
{
    private static readonly SourcePosition Source = new("watch-events", 0, 0);

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char['a', 'z'], 0, 8],
        OneOf("", "한국", "🎬", "a\"b\\c", "\t\n", "a\0b", "$a.b"));

    /// <summary>Any JSON value, with what it must be in BSON.</summary>
    private static readonly Gen<(string Json, BsonValue Bson)> Value = Gen.Recursive<(string Json, BsonValue Bson)>((depth, value) =>
    {
        var leaf = Gen.OneOf(
            Gen.Const(("null", (BsonValue)BsonNull.Value)),
            Gen.Bool.Select(b => (b ? "true" : "false", (BsonValue)new BsonBoolean(b))),
            Gen.Int.Select(i => (i.ToString(CultureInfo.InvariantCulture), (BsonValue)new BsonInt32(i))),
            Gen.Long[1L << 40, long.MaxValue].Select(l => (l.ToString(CultureInfo.InvariantCulture), (BsonValue)new BsonInt64(l))),
            Gen.Double[-1e300, 1e300].Where(d => d != Math.Floor(d))
                .Select(d => (d.ToString("R", CultureInfo.InvariantCulture), (BsonValue)new BsonDouble(d))),
            Text.Select(t => (Quoted(t), (BsonValue)new BsonString(t))));
        return depth > 4
            ? leaf
            : Gen.OneOf(
                leaf,
                value.Array[0, 4].Select(items => ($"[{string.Join(',', items.Select(i => i.Json))}]", (BsonValue)new BsonArray(items.Select(i => i.Bson)))),
                Gen.Select(Fields(0), value.Array[3]).Select((names, items) => Object(names, items)));
    });

    [Fact]
    public void Any_bytes_are_refused_or_taken_and_never_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Validate(bytes, out _), iter: 5_000);

    [Fact]
    public void Any_damage_to_a_good_event_is_refused_or_still_makes_a_document_that_a_driver_reads()
    {
        var good = Encoding.UTF8.GetBytes(EventJson.With("extra", "{\"a\":[1,{\"b\":\"c\"}]}"));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.OneOf(Gen.Byte, OneOf("{}[]\",:\\u0"u8.ToArray())), Gen.Int[0, 2])
            .Array[1, 4].Sample(changes =>
            {
                var bytes = good.ToList();
                foreach (var (at, value, change) in changes.Where(c => c.Item1 < bytes.Count))
                {
                    if (change == 0)
                        bytes[at] = value;
                    else if (change == 1)
                        bytes.Insert(at, value);
                    else
                        bytes.RemoveAt(at);
                }

                if (Validate([.. bytes], out var bson) is null)
                    BsonSerializer.Deserialize<BsonDocument>(bson);
            }, iter: 5_000);
    }

    [Fact]
    public void What_the_contract_does_not_name_comes_through_unchanged() =>
        Gen.Select(Fields(1), Value.Array[3]).Sample((names, values) =>
        {
            var added = names.Select((name, i) => $",{Quoted("x" + name)}:{values[i].Json}");
            var text = EventJson.Example().ToJsonString()[..^1] + string.Concat(added) + "}";
            Assert.Null(Validate(Encoding.UTF8.GetBytes(text), out var bson));
            var document = BsonSerializer.Deserialize<BsonDocument>(bson);
            for (var i = 0; i < names.Length; i++)
                Assert.Equal(values[i].Bson, document["x" + names[i]]);
        }, iter: 1_000);

    [Fact]
    public void What_the_contract_names_comes_through_in_any_order() =>
        Gen.Select(Gen.Shuffle(EventJson.Example().Select(field => field.Key).ToArray()), Gen.Guid, Gen.Long[1, (1L << 53) - 1],
                Gen.Double[0, 86_400], Gen.Long[0, 399L * 86_400_000])
            .Sample((order, eventId, user, watched, age) =>
            {
                var sent = EventJson.Example();
                var occurred = EventJson.Now.AddMilliseconds(-age);
                sent["eventId"] = eventId.ToString();
                sent["userId"] = user;
                sent["watchedSeconds"] = watched;
                sent["occurredAt"] = occurred.ToString("O", CultureInfo.InvariantCulture);
                var text = "{" + string.Join(',', order.Select(name => $"{Quoted(name)}:{sent[name]?.ToJsonString() ?? "null"}")) + "}";
                Assert.Null(Validate(Encoding.UTF8.GetBytes(text), out var bson));
                var document = BsonSerializer.Deserialize<BsonDocument>(bson);
                Assert.Equal(new BsonBinaryData(eventId, GuidRepresentation.Standard), document[0]);
                Assert.Equal(user, document["userId"]);
                Assert.Equal(watched, document["watchedSeconds"]);
                Assert.Equal(new BsonDateTime(occurred.ToUnixTimeMilliseconds()), document["occurredAt"]);
                Assert.Equal(order.Length + 2, document.ElementCount);
            });

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Up to three different names.</summary>
    private static Gen<string[]> Fields(int least) =>
        Text.Where(name => !name.Contains('\0')).Array[least, 3].Select(names => names.Distinct().ToArray());

    private static (string, BsonValue) Object(string[] names, (string Json, BsonValue Bson)[] values) => (
        "{" + string.Join(',', names.Select((name, i) => $"{Quoted(name)}:{values[i].Json}")) + "}",
        new BsonDocument(names.Select((name, i) => new BsonElement(name, values[i].Bson))));

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static Refusal? Validate(byte[] json, out byte[] bson)
    {
        var output = new BsonBuffer(64);
        var refusal = new EventValidator().Validate(json, Source, EventJson.Now, output, out _);
        bson = output.Slice(0, output.Length).ToArray();
        return refusal;
    }
}
