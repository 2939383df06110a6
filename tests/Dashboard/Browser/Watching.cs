using System.Buffers.Binary;
using MongoDB.Bson;
using Pipeline.Storage.Events;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>Members with tastes that are easy to learn, as events of the days before now.</summary>
internal static class Watching
{
    private const int Members = 300;
    private const int Tastes = 6;
    private const int TitlesPerTaste = 30;

    public static async Task FillAsync(string mongo, CancellationToken cancellationToken)
    {
        var store = new MongoEventStore(DocumentDatabase.Open(mongo));
        await store.PrepareAsync(cancellationToken);
        var (random, now, events) = (new Random(7), TimeProvider.System.GetUtcNow().UtcDateTime, new List<EventDocument>());
        for (int member = 1; member <= Members; member++)
        {
            int first = member % Tastes * TitlesPerTaste;
            foreach (int title in Enumerable.Range(first + 1, TitlesPerTaste).Where(_ => random.Next(4) > 0))
                events.Add(Event(member, title, events.Count, now.AddMinutes(-random.Next(60, 20_000))));
        }
        Assert.All(await store.AppendAsync(events, cancellationToken), outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
    }

    private static EventDocument Event(long member, long title, int number, DateTime at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, member);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], number);
        var (id, source) = (new Guid(bytes, bigEndian: true), new SourcePosition("watch-events", 0, number));
        return new EventDocument(id, source, new BsonDocument
        {
            { "_id", new BsonBinaryData(id, GuidRepresentation.Standard) },
            { "type", "progress" },
            { "occurredAt", at },
            { "userId", member },
            { "contentId", title },
            { "watchedSeconds", 5_000.0 },
            { "durationSeconds", 5_400 },
            { "region", "KR" },
            { "source", new BsonDocument { { "topic", source.Topic }, { "partition", source.Partition }, { "offset", source.Offset } } },
        }.ToBson());
    }
}
