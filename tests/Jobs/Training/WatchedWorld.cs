using System.Buffers.Binary;
using MongoDB.Bson;
using Pipeline.Storage.Events;

namespace Pipeline.Jobs.Tests.Training;

/// <summary>Members who watch, in an event store without a server.</summary>
internal sealed class WatchedWorld
{
    public static readonly DateTime End = new(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);

    /// <summary><see cref="End"/> as jobs are told it.</summary>
    public const string AsOf = "as-of=2026-11-22T12:00:00Z";

    private readonly List<EventDocument> _events = [];

    public InMemoryEventStore Store { get; } = new();

    /// <summary>Has the same events; null for none.</summary>
    public IEventStore? Second { get; init; }

    /// <summary>Each member belongs to one of <paramref name="tastes"/> groups and watches most of the group's titles: easy to learn.</summary>
    public static async Task<WatchedWorld> WithTastesAsync(int members, int tastes, int titlesPerTaste, IEventStore? second = null)
    {
        var world = new WatchedWorld { Second = second };
        var random = new Random(7);
        for (int member = 1; member <= members; member++)
        {
            int first = member % tastes * titlesPerTaste;
            foreach (int title in Enumerable.Range(first + 1, titlesPerTaste).Where(_ => random.Next(4) > 0))
                world.Watch(member, title, 5_000, TimeSpan.FromMinutes(random.Next(1, 20_000)));
        }
        return await world.StoreAsync();
    }

    /// <summary>Titles come in threes, as parts of one story do, and each member watches some of the stories: more tastes than few factors hold.</summary>
    public static async Task<WatchedWorld> WithStoriesAsync(int members, int stories, int storiesPerMember)
    {
        var world = new WatchedWorld();
        var random = new Random(7);
        for (int member = 1; member <= members; member++)
        {
            foreach (int story in Enumerable.Range(0, stories).OrderBy(_ => random.Next()).Take(storiesPerMember))
                for (int part = 1; part <= 3; part++)
                    world.Watch(member, (story * 3) + part, 5_000, TimeSpan.FromMinutes(random.Next(1, 20_000)));
        }
        return await world.StoreAsync();
    }

    /// <summary>Everybody watches titles drawn by popularity alone: there is nothing to learn beyond it.</summary>
    public static async Task<WatchedWorld> WithoutTastesAsync(int members, int titles)
    {
        var world = new WatchedWorld();
        var random = new Random(7);
        for (int member = 1; member <= members; member++)
            for (int n = 0; n < 6; n++)
                world.Watch(member, 1 + (int)(titles * Math.Pow(random.NextDouble(), 3)), 5_000, TimeSpan.FromMinutes(random.Next(1, 20_000)));
        return await world.StoreAsync();
    }

    public void Watch(long member, long title, double seconds, TimeSpan ago, string region = "KR") => Add(member, title, "progress", seconds, ago, region);

    /// <summary>The title was shown, and nothing came of it.</summary>
    public void Show(long member, long title) => Add(member, title, "impression", 0, TimeSpan.FromHours(1), "KR");

    public async Task<WatchedWorld> StoreAsync()
    {
        foreach (var store in (IEventStore?[])[Store, Second])
            if (store is not null)
                Assert.All(
                    await store.AppendAsync(_events, TestContext.Current.CancellationToken), outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        _events.Clear();
        return this;
    }

    private void Add(long member, long title, string type, double seconds, TimeSpan ago, string region)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, member);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], (title << 32) + _events.Count);
        var id = new Guid(bytes, bigEndian: true);
        var source = new SourcePosition("watch-events", 0, _events.Count);
        var document = new BsonDocument
        {
            { "_id", new BsonBinaryData(id, GuidRepresentation.Standard) },
            { "type", type },
            { "occurredAt", End - ago },
            { "userId", member },
            { "contentId", title },
            { "watchedSeconds", seconds },
            { "durationSeconds", 5_400 },
            { "region", region },
            { "source", new BsonDocument { { "topic", source.Topic }, { "partition", source.Partition }, { "offset", source.Offset } } },
        };
        _events.Add(new EventDocument(id, source, document.ToBson()));
    }
}
