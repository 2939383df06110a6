using System.Buffers.Binary;
using MongoDB.Bson;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Tests.Events;

/// <summary>Documents as the ingest worker writes them.</summary>
internal static class SampleEvents
{
    public static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static Guid Id(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes[0] = 0x01;
        // Spread over the number's low bits, so that ids do not come sorted.
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], (uint)number * 2654435761u);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], number);
        return new Guid(bytes, bigEndian: true);
    }

    public static EventDocument Event(
        int number, long user = 1, long? content = 10, string type = "progress", double watched = 30, double? value = null,
        TimeSpan? after = null, long? offset = null, Action<BsonDocument>? change = null)
    {
        var source = new SourcePosition("watch-events", 0, offset ?? number);
        var at = Start + (after ?? TimeSpan.FromSeconds(number));
        var document = new BsonDocument
        {
            { "_id", new BsonBinaryData(Id(number), GuidRepresentation.Standard) },
            { "type", type },
            { "occurredAt", at.UtcDateTime },
            { "userId", user },
            { "profileId", 2 },
            { "sessionId", $"session-{user}" },
            { "contentId", content is { } id ? new BsonInt64(id) : BsonNull.Value },
            { "positionSeconds", 60.5 },
            { "watchedSeconds", watched },
            { "durationSeconds", 5400 },
            { "region", "KR" },
            { "language", "ko" },
            { "device", "tv" },
            { "appVersion", "8.1.0" },
            { "startupMs", 850 },
            { "stallMs", 12L },
            { "stallCount", 1 },
            { "errorCode", BsonNull.Value },
            { "value", value is { } number1 ? new BsonDouble(number1) : BsonNull.Value },
            { "source", new BsonDocument { { "topic", source.Topic }, { "partition", source.Partition }, { "offset", source.Offset } } },
            { "receivedAt", at.UtcDateTime },
        };
        change?.Invoke(document);
        return new EventDocument(Id(number), source, document.ToBson());
    }

    /// <summary>Events of 50 users with 40 titles over ten hours, of every kind that a sum looks at, whole or with gaps.</summary>
    public static List<EventDocument> Mixed(int count, int seed)
    {
        var random = new Random(seed);
        string[] types =
        [
            "progress", "progress", "play_start", "complete", "rating", "like", "dislike", "add_to_list", "remove_from_list", "search",
            "impression", "impression", "click", "stall", "error", "stop",
        ];
        string?[] regions = ["KR", "JP", null];
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            var type = types[random.Next(types.Length)];
            return Event(number, user: random.Next(1, 51), content: type == "search" ? null : random.Next(1, 41), type,
                watched: type == "progress" ? random.Next(0, 600_000) / 1000.0 : 0,
                value: type == "rating" ? random.Next(1, 11) / 2.0 : null,
                // Whole minutes: many events share their time, so the order among those counts too.
                after: TimeSpan.FromMinutes(random.Next(0, 600)),
                change: document =>
                {
                    document["region"] = regions[random.Next(regions.Length)] is { } region ? region : BsonNull.Value;
                    if (type == "impression" && random.Next(4) > 0)
                        document["position"] = random.Next(0, 12);
                    if (type is "progress" or "stall")
                        document["stallMs"] = random.Next(0, 4_000);
                    if (type == "error")
                        document["errorCode"] = "DECODER";
                });
        })];
    }
}
