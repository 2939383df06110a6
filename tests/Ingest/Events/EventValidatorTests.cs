using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using Pipeline.Ingest.Events;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Events;

[Trait("speed", "fast")]
public sealed class EventValidatorTests
{
    private static readonly SourcePosition Source = new("watch-events", 3, 17);
    private readonly EventValidator _validator = new();

    [Fact]
    public void The_contracts_example_becomes_a_document()
    {
        var document = Accept(EventJson.Example().ToJsonString());
        Assert.Equal("_id", document.GetElement(0).Name);
        Assert.Equal(new BsonBinaryData(Guid.Parse("0199c1d2-7a3b-7c4d-8e5f-60718293a4b5"), GuidRepresentation.Standard), document["_id"]);
        Assert.False(document.Contains("eventId"));
        Assert.Equal(new BsonDateTime(new DateTime(2026, 11, 22, 10, 15, 30, 123, DateTimeKind.Utc)), document["occurredAt"]);
        Assert.Equal(new BsonInt64(42), document["userId"]);
        Assert.Equal(new BsonInt64(1001), document["contentId"]);
        Assert.Equal(new BsonDouble(30), document["watchedSeconds"]);
        Assert.Equal(new BsonDouble(5400), document["durationSeconds"]);
        Assert.Equal(new BsonInt32(1), document["profileId"]);
        Assert.Equal(new BsonString("KR"), document["region"]);
        Assert.Equal(BsonNull.Value, document["errorCode"]);
        Assert.Equal(new BsonDateTime(EventJson.Now.UtcDateTime), document["receivedAt"]);
        Assert.Equal(BsonDocument.Parse("""{"topic":"watch-events","partition":3,"offset":NumberLong(17)}"""), document["source"]);
    }

    [Fact]
    public void The_epoch_is_kept_once_a_topic_was_created_anew()
    {
        var document = Accept(EventJson.Example().ToJsonString(), Source with { Epoch = 2 });
        Assert.Equal(2, document["source"]["epoch"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("{} {}")]
    [InlineData("{'type':1}")]
    [InlineData("{\"watchedSeconds\":NaN}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    [InlineData("{\"a\\u0000b\":1}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"a\":{\"b\":1,\"c\":2,\"b\":3}}")]
    [InlineData("{\"errorCode\":{\"b\":1,\"b\":3}}")]
    [InlineData("// comment\n{}")]
    public void What_is_no_JSON_object_is_refused(string text) => Refuse("not_json", text);

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused()
    {
        byte[] bytes = [.. "{\"region\":\""u8, 0xff, .. "\"}"u8];
        Assert.Equal("not_json", Validate(bytes, Source, out _)!.Code);
    }

    [Fact]
    public void Objects_nested_without_end_are_refused() =>
        Refuse("not_json", $"{{\"a\":{new string('[', 30_000)}{new string(']', 30_000)}}}");

    [Fact]
    public void Size_is_refused_past_64_KiB()
    {
        var empty = EventJson.With("padding", "\"\"");
        var most = EventJson.With("padding", $"\"{new string('x', EventValidator.MaxBytes - empty.Length)}\"");
        Assert.Equal(64 * 1024, Encoding.UTF8.GetByteCount(most));
        Accept(most);
        Refuse("too_large", most + " ");
    }

    [Theory]
    [InlineData("eventId")]
    [InlineData("type")]
    [InlineData("occurredAt")]
    [InlineData("userId")]
    [InlineData("contentId")]
    public void A_required_field_must_be_there(string field)
    {
        Refuse($"missing_{field}", EventJson.With(field, null));
        Refuse($"missing_{field}", EventJson.With(field, "null"));
    }

    [Fact]
    public void Only_a_search_needs_no_content()
    {
        var search = EventJson.Example();
        search["type"] = "search";
        search["contentId"] = null;
        Assert.Equal(BsonNull.Value, Accept(search.ToJsonString())["contentId"]);
    }

    [Theory]
    [InlineData("eventId", "\"\"")]
    [InlineData("eventId", "7")]
    [InlineData("eventId", "\"0199c1d27a3b7c4d8e5f60718293a4b5\"")]
    [InlineData("eventId", "\"{0199c1d2-7a3b-7c4d-8e5f-60718293a4b5}\"")]
    [InlineData("eventId", "\"0199c1d2-7a3b-7c4d-8e5f-60718293a4b5 \"")]
    [InlineData("type", "3")]
    [InlineData("occurredAt", "1763806530123")]
    [InlineData("occurredAt", "\"yesterday\"")]
    [InlineData("occurredAt", "\"2026-11-22\"")]
    [InlineData("occurredAt", "\"2026-11-22T10:15:30\"")]
    [InlineData("occurredAt", "\"2026-02-30T10:15:30Z\"")]
    [InlineData("occurredAt", "\"20261122T101530Z\"")]
    [InlineData("occurredAt", "\"2026-W47-7T10:15:30Z\"")]
    [InlineData("occurredAt", "\"2026-11-22T24:00:00Z\"")]
    [InlineData("occurredAt", "\"2026-11-22T10:15:30.Z\"")]
    [InlineData("occurredAt", "\"2026-11-22T10:15:30+9\"")]
    [InlineData("occurredAt", "\"2026-11-22T10:15:30+09:\"")]
    [InlineData("occurredAt", "\"2026-11-22T10:15:30+15:00\"")]
    [InlineData("occurredAt", "\"0001-01-01T00:00:00+09:00\"")]
    [InlineData("userId", "0")]
    [InlineData("userId", "-1")]
    [InlineData("userId", "1.5")]
    [InlineData("userId", "4.25e1")]
    [InlineData("userId", "1e999")]
    [InlineData("userId", "\"42\"")]
    [InlineData("userId", "9007199254740992")]
    [InlineData("userId", "99999999999999999999999")]
    [InlineData("userId", "{\"deep\":[1,2]}")]
    [InlineData("contentId", "0")]
    [InlineData("contentId", "true")]
    [InlineData("watchedSeconds", "-0.001")]
    [InlineData("watchedSeconds", "86400.001")]
    [InlineData("watchedSeconds", "1e999")]
    [InlineData("watchedSeconds", "\"NaN\"")]
    [InlineData("durationSeconds", "\"long\"")]
    [InlineData("stallCount", "0.5")]
    [InlineData("region", "82")]
    [InlineData("device", "[\"tv\"]")]
    [InlineData("value", "\"five\"")]
    public void A_value_that_the_field_cannot_hold_is_refused(string field, string json) => Refuse($"bad_{field}", EventJson.With(field, json));

    [Theory]
    [InlineData("userId")]
    [InlineData("region")]
    [InlineData("errorCode")]
    public void A_field_named_twice_is_refused_whichever_of_them_is_null(string field)
    {
        var once = EventJson.With(field, null)[..^1];
        Refuse($"bad_{field}", $"{once},\"{field}\":null,\"{field}\":null}}");
        var twice = Validate(Encoding.UTF8.GetBytes($"{once},\"{field}\":null,\"{field}\":null}}"), Source, out _);
        Assert.Equal($"{field} must be named once", twice!.Detail);
        Assert.DoesNotContain("once", Validate(Encoding.UTF8.GetBytes(EventJson.With("userId", "0")), Source, out _)!.Detail);
        Refuse($"bad_{field}", $"{once},\"{field}\":null,\"\\u00{(int)field[0]:x2}{field[1..]}\":1}}");
    }

    [Theory]
    [InlineData("\"binge\"")]
    [InlineData("\"\"")]
    [InlineData("\"Progress\"")]
    public void A_type_that_the_contract_does_not_name_is_refused(string json) => Refuse("unknown_type", EventJson.With("type", json));

    [Fact]
    public void Every_type_of_the_contract_is_taken()
    {
        foreach (var type in Enum.GetValues<EventType>())
        {
            var sent = EventJson.Example();
            sent["type"] = EventTypes.Name(type);
            sent["value"] = 4.5;
            Assert.Equal(EventTypes.Name(type), Accept(sent.ToJsonString())["type"]);
        }
    }

    [Theory]
    [InlineData("0.5", null)]
    [InlineData("5", null)]
    [InlineData("0.49", "bad_value")]
    [InlineData("5.01", "bad_value")]
    [InlineData("null", "missing_value")]
    public void A_rating_has_half_a_star_to_five(string value, string? code)
    {
        var rating = EventJson.With("value", value).Replace("progress", "rating", StringComparison.Ordinal);
        Assert.Equal(code, Validate(Encoding.UTF8.GetBytes(rating), Source, out _)?.Code);
    }

    [Theory]
    [InlineData("2025-10-18T12:00:00Z", null)]
    [InlineData("2025-10-18T11:59:59.999Z", "too_old")]
    [InlineData("0001-01-01T00:00:00Z", "too_old")]
    [InlineData("2026-11-22T13:00:00Z", null)]
    [InlineData("2026-11-22T13:00:00.001Z", "in_future")]
    [InlineData("9999-12-31T23:59:59Z", "in_future")]
    [InlineData("2026-11-22T21:00:00+09:00", null)]
    [InlineData("2026-11-22T13:00:00-09:00", "in_future")]
    public void Time_is_refused_past_400_days_ago_and_past_an_hour_ahead(string time, string? code) =>
        Assert.Equal(code, Validate(Encoding.UTF8.GetBytes(EventJson.With("occurredAt", $"\"{time}\"")), Source, out _)?.Code);

    [Theory]
    [InlineData("2026-11-22T19:00:00.5+0900")]
    [InlineData("2026-11-22T19:00:00.5+09")]
    [InlineData("2026-11-22T10:00:00,5z")]
    [InlineData("2026-11-22t10:00:00.500Z")]
    [InlineData("2026-11-22T06:30:00.5-03:30")]
    [InlineData("2026-11-22T10:00:00.50000000000000000000000000000000000000000000000000000000000000000000000000000000000001Z")]
    public void Every_extended_form_of_a_time_is_taken(string time) =>
        Assert.Equal(new BsonDateTime(new DateTime(2026, 11, 22, 10, 0, 0, 500, DateTimeKind.Utc)), Accept(EventJson.With("occurredAt", $"\"{time}\""))["occurredAt"]);

    [Fact]
    public void A_time_in_another_form_is_told_the_form()
    {
        var refusal = Validate(Encoding.UTF8.GetBytes(EventJson.With("occurredAt", "\"20261122T101530Z\"")), Source, out _);
        Assert.Contains("in extended form with Z or an offset, such as 2026-11-22T10:15:30.123Z", refusal!.Detail);
    }

    [Theory]
    [InlineData("userId", "42.0", "NumberLong(42)")]
    [InlineData("userId", "4.2e1", "NumberLong(42)")]
    [InlineData("contentId", "1001.000", "NumberLong(1001)")]
    [InlineData("stallCount", "3.0", "3")]
    [InlineData("stallCount", "3e10", "NumberLong(30000000000)")]
    public void A_whole_number_may_be_written_with_a_fraction_of_nothing(string field, string json, string expected) =>
        Assert.Equal(BsonDocument.Parse($"{{v:{expected}}}")["v"], Accept(EventJson.With(field, json))[field]);

    [Fact]
    public void A_UUID_of_zeros_is_one()
    {
        var output = new BsonBuffer(16);
        var json = EventJson.With("eventId", "\"00000000-0000-0000-0000-000000000000\"");
        Assert.Null(_validator.Validate(Encoding.UTF8.GetBytes(json), Source, EventJson.Now, output, out var id));
        Assert.Equal(Guid.Empty, id);
    }

    [Theory]
    [InlineData("_id", "1", "1")]
    [InlineData("source", "null", "null")]
    [InlineData("source", "{\"app\":\"tv\",\"source\":[1]}", "{\"app\":\"tv\",\"source\":[1]}")]
    [InlineData("receivedAt", "\"2026-11-22T10:15:30Z\"", "\"2026-11-22T10:15:30Z\"")]
    [InlineData("producer", "{\"a\":1}", "{\"a\":1}")]
    public void A_field_named_like_ours_is_kept_under_producer(string field, string json, string expected)
    {
        var document = Accept(EventJson.With(field, json));
        Assert.Equal(BsonDocument.Parse($"{{'{field}':{expected}}}"), document["producer"]);
        Assert.Equal("watch-events", document["source"]["topic"]);
        Assert.Equal(document.ElementCount, document.Names.Distinct().Count());
        Assert.False(Accept(EventJson.Example().ToJsonString()).Contains("producer"));
        Refuse($"bad_{field}", $"{EventJson.With(field, json)[..^1]},\"{field}\":1}}");
    }

    [Fact]
    public void An_offset_is_taken_into_account() =>
        Assert.Equal(new BsonDateTime(new DateTime(2026, 11, 22, 10, 0, 0, DateTimeKind.Utc)),
            Accept(EventJson.With("occurredAt", "\"2026-11-22T19:00:00+09:00\""))["occurredAt"]);

    [Fact]
    public void Names_and_values_may_be_escaped()
    {
        var text = EventJson.Example().ToJsonString()
            .Replace("\"userId\"", "\"\\u0075serId\"", StringComparison.Ordinal)
            .Replace("\"progress\"", "\"\\u0070rogress\"", StringComparison.Ordinal)
            .Replace("\"0199", "\"\\u00301\\u00399", StringComparison.Ordinal);
        Assert.Equal(42, Accept(text)["userId"].ToInt64());
    }

    [Theory]
    [InlineData("\"a\\u0000b\"", "\"a\\u0000b\"")]
    [InlineData("\"한국어 \\ud83c\\udfac\"", "\"한국어 🎬\"")]
    [InlineData("2147483648", "NumberLong(2147483648)")]
    [InlineData("-9223372036854775808", "NumberLong(\"-9223372036854775808\")")]
    [InlineData("1e3", "1000.0")]
    [InlineData("12345678901234567890123", "1.2345678901234568e22")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("[]", "[]")]
    [InlineData("{}", "{}")]
    [InlineData("{\"\":[true,null,{\"$set\":{\"a.b\":[[1.5]]}}]}", "{\"\":[true,null,{\"$set\":{\"a.b\":[[1.5]]}}]}")]
    public void Unknown_fields_are_kept_as_they_are(string json, string expected)
    {
        var document = Accept(EventJson.With("campaign", json));
        Assert.Equal(BsonDocument.Parse($"{{v:{expected}}}")["v"], document["campaign"]);
    }

    [Fact]
    public void A_refused_event_leaves_nothing_behind()
    {
        var output = new BsonBuffer(16);
        Assert.Null(_validator.Validate(Encoding.UTF8.GetBytes(EventJson.Example().ToJsonString()), Source, EventJson.Now, output, out _));
        var length = output.Length;
        foreach (var broken in new[] { "{\"a\":[1,2,", EventJson.With("userId", "0"), "" })
            Assert.NotNull(_validator.Validate(Encoding.UTF8.GetBytes(broken), Source, EventJson.Now, output, out _));
        Assert.Equal(length, output.Length);
    }

    [Fact]
    public void The_detail_quotes_nothing_of_the_event()
    {
        foreach (var text in new[] { "{\"userId\":secret}", EventJson.With("userId", "\"secret\""), EventJson.With("type", "\"secret\"") })
            Assert.DoesNotContain("secret", Validate(Encoding.UTF8.GetBytes(text), Source, out _)!.Detail);
    }

    private void Refuse(string code, string text) =>
        Assert.Equal(code, Validate(Encoding.UTF8.GetBytes(text), Source, out _)?.Code);

    private BsonDocument Accept(string text, SourcePosition? source = null)
    {
        Assert.Null(Validate(Encoding.UTF8.GetBytes(text), source ?? Source, out var bson));
        return BsonSerializer.Deserialize<BsonDocument>(bson);
    }

    private Refusal? Validate(byte[] json, SourcePosition source, out byte[] bson)
    {
        var output = new BsonBuffer(16);
        var refusal = _validator.Validate(json, source, EventJson.Now, output, out var eventId);
        bson = output.Slice(0, output.Length).ToArray();
        Assert.Equal(refusal is null, eventId != Guid.Empty);
        return refusal;
    }
}
