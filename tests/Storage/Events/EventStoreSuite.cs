using MongoDB.Bson;
using Pipeline.Storage.Events;
using static Pipeline.Storage.Tests.Events.SampleEvents;

namespace Pipeline.Storage.Tests.Events;

/// <summary>What every event store does. A store's own class only says how an empty one is made.</summary>
public abstract class EventStoreSuite
{
    private static readonly DateTimeOffset Always = Start.AddYears(1);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A prepared store with nothing in it.</summary>
    protected abstract Task<IEventStore> EmptyAsync();

    [Fact]
    public async Task New_events_are_stored_and_read_back_field_by_field()
    {
        var store = await EmptyAsync();
        var outcomes = await store.AppendAsync([Event(1, type: "rating", value: 4.5, change: document => document["position"] = 3)], Cancel);

        Assert.Equal([new AppendOutcome(AppendStatus.Stored)], outcomes);
        var stored = Assert.Single(await ReadAsync(store));
        Assert.Equal(new StoredEvent(Id(1), EventType.Rating, Start.AddSeconds(1).UtcDateTime, 1, 2, "session-1", 10, 60.5, 30, 5400,
            "KR", "ko", "tv", 850, 12, 1, null, 4.5, 3), stored);
        Assert.Equal(DateTimeKind.Utc, stored.OccurredAt.Kind);
    }

    [Fact]
    public async Task Fields_that_are_missing_or_null_are_empty()
    {
        var store = await EmptyAsync();
        await store.AppendAsync([Event(1, content: null, type: "search", change: document =>
        {
            foreach (var name in (string[])["sessionId", "watchedSeconds", "durationSeconds", "region", "value", "startupMs", "positionSeconds"])
                document.Remove(name);
            document["device"] = BsonNull.Value;
            document["unknown"] = new BsonDocument("kept", new BsonArray { 1, "two" });
        })], Cancel);

        var stored = Assert.Single(await ReadAsync(store));
        Assert.Equal((null, null, 0d, 0d, 0d, null, null, 0L, null),
            (stored.ContentId, stored.SessionId, stored.PositionSeconds, stored.WatchedSeconds, stored.DurationSeconds, stored.Region,
             stored.Device, stored.StartupMs, stored.Value));
    }

    [Fact]
    public async Task An_event_that_is_there_is_a_duplicate_with_its_first_source_and_is_left_as_it_is()
    {
        var store = await EmptyAsync();
        await store.AppendAsync([Event(1, watched: 30, offset: 7)], Cancel);
        var outcomes = await store.AppendAsync([Event(2), Event(1, watched: 99, offset: 8), Event(3)], Cancel);

        Assert.Equal([AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Stored], outcomes.Select(outcome => outcome.Status));
        Assert.Equal(new SourcePosition("watch-events", 0, 7), outcomes[1].FirstSource);
        Assert.Equal(30, (await ReadAsync(store)).Single(stored => stored.EventId == Id(1)).WatchedSeconds);
    }

    [Fact]
    public async Task A_first_source_keeps_the_epoch_of_its_topic()
    {
        var store = await EmptyAsync();
        var first = Event(1, change: document => document["source"]["epoch"] = 2);
        await store.AppendAsync([first with { Source = first.Source with { Epoch = 2 } }], Cancel);
        var again = Assert.Single(await store.AppendAsync([Event(1)], Cancel));
        Assert.Equal(new SourcePosition("watch-events", 0, 1, Epoch: 2), again.FirstSource);
    }

    [Fact]
    public async Task Within_a_batch_the_first_of_an_id_counts()
    {
        var store = await EmptyAsync();
        var outcomes = await store.AppendAsync([Event(1, watched: 1, offset: 5), Event(2), Event(1, watched: 2, offset: 6), Event(1, watched: 3, offset: 9)], Cancel);

        Assert.Equal([AppendStatus.Stored, AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Duplicate], outcomes.Select(outcome => outcome.Status));
        Assert.All(outcomes.Skip(2), outcome => Assert.Equal(5, outcome.FirstSource!.Value.Offset));
        Assert.Equal(1, (await ReadAsync(store)).Single(stored => stored.EventId == Id(1)).WatchedSeconds);
    }

    [Fact]
    public async Task A_repeat_within_a_batch_of_an_event_stored_before_names_the_first_source()
    {
        var store = await EmptyAsync();
        await store.AppendAsync([Event(1, offset: 3)], Cancel);
        var outcomes = await store.AppendAsync([Event(1, offset: 4), Event(1, offset: 5)], Cancel);
        Assert.All(outcomes, outcome => Assert.Equal((AppendStatus.Duplicate, 3L), (outcome.Status, outcome.FirstSource!.Value.Offset)));
    }

    [Fact]
    public async Task A_batch_delivered_again_changes_nothing()
    {
        var store = await EmptyAsync();
        var batch = Mixed(2_000, seed: 1);
        await store.AppendAsync(batch, Cancel);
        var before = await ReadAsync(store);
        var again = await store.AppendAsync(batch, Cancel);

        Assert.All(again.Zip(batch), pair => Assert.Equal(new AppendOutcome(AppendStatus.Duplicate, pair.Second.Source), pair.First));
        Assert.Equal(before, await ReadAsync(store));
    }

    [Fact]
    public async Task A_document_that_cannot_be_stored_fails_alone()
    {
        var store = await EmptyAsync();
        var tooLarge = Event(1, change: document => document["blob"] = new BsonBinaryData(new byte[IEventStore.MaxDocumentBytes]));
        var cut = Event(2) is var whole ? whole with { Bson = whole.Bson[..^9] } : default;
        var wrongInside = Event(3, change: document => document["note"] = "x") is var good ? good with { Bson = Broken(good.Bson) } : default;
        var wrongId = Event(4) with { EventId = Id(40) };
        var empty = Event(5) with { Bson = default };

        var outcomes = await store.AppendAsync([tooLarge, Event(10), cut, wrongInside, Event(11), wrongId, empty], Cancel);

        Assert.Equal(
            [AppendStatus.Failed, AppendStatus.Stored, AppendStatus.Failed, AppendStatus.Failed, AppendStatus.Stored, AppendStatus.Failed, AppendStatus.Failed],
            outcomes.Select(outcome => outcome.Status));
        Assert.All(outcomes.Where(outcome => outcome.Status == AppendStatus.Failed), outcome => Assert.NotNull(outcome.Detail));
        Assert.Equal([Id(10), Id(11)], (await ReadAsync(store)).Select(stored => stored.EventId));

        static byte[] Broken(ReadOnlyMemory<byte> bson)
        {
            // The document ends in the element 02 "note" 00, length 2, "x" 00; the length becomes one that runs past the end.
            var bytes = bson.ToArray();
            bytes[^7] = 200;
            return bytes;
        }
    }

    [Fact]
    public async Task A_batch_over_the_limit_is_a_mistake_of_the_caller()
    {
        var store = await EmptyAsync();
        var batch = Enumerable.Repeat(Event(1), IEventStore.MaxBatch + 1).ToList();
        await Assert.ThrowsAsync<ArgumentException>(() => store.AppendAsync(batch, Cancel));
    }

    [Fact]
    public async Task An_empty_batch_is_nothing()
    {
        Assert.Empty(await (await EmptyAsync()).AppendAsync([], Cancel));
    }

    [Fact]
    public async Task Writers_with_overlapping_shuffled_batches_store_each_event_once()
    {
        var store = await EmptyAsync();
        const int events = 3_000, writers = 4;
        var stored = new int[writers];
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var random = new Random(writer);
            var own = Enumerable.Range(0, events).Select(number => Event(number, offset: writer * events + number)).ToArray();
            random.Shuffle(own);
            foreach (var batch in own.Chunk(1_000))
            {
                var outcomes = await store.AppendAsync(batch, Cancel);
                Assert.DoesNotContain(outcomes, outcome => outcome.Status == AppendStatus.Failed);
                stored[writer] += outcomes.Count(outcome => outcome.Status == AppendStatus.Stored);
            }
        }, Cancel)));

        Assert.Equal(events, stored.Sum());
        Assert.Equal(events, await store.CountAsync(Start, Always, Cancel));
    }

    [Fact]
    public async Task Streams_are_in_order_of_time_and_then_of_id()
    {
        var store = await EmptyAsync();
        await store.AppendAsync(Mixed(5_000, seed: 2), Cancel);
        var read = await ReadAsync(store);

        Assert.Equal(5_000, read.Count);
        Assert.Equal(read.OrderBy(stored => stored.OccurredAt).ThenBy(stored => stored.EventId), read);
    }

    [Fact]
    public async Task A_range_holds_its_start_and_not_its_end()
    {
        var store = await EmptyAsync();
        var ms = TimeSpan.FromMilliseconds(1);
        await store.AppendAsync([Event(1, after: -ms), Event(2, after: TimeSpan.Zero), Event(3, after: ms), Event(4, after: ms * 2)], Cancel);

        Assert.Equal([Id(2), Id(3)], (await ReadAsync(store, Start, Start + ms * 2)).Select(stored => stored.EventId));
        Assert.Equal(2, await store.CountAsync(Start, Start + ms * 2, Cancel));
        Assert.Equal((await store.ReadAsync(DateTimeOffset.MinValue, Always, Cancel).LastAsync(Cancel)).OccurredAt, await store.NewestAsync(Cancel));
        Assert.Equal([Id(3)], (await ReadAsync(store, Start + ms / 2, Start + ms * 1.5)).Select(stored => stored.EventId));
        Assert.Equal(2, await store.CountAsync(Start.ToOffset(TimeSpan.FromHours(9)), Start + ms * 2, Cancel));
        Assert.Equal(0, await store.CountAsync(Start, Start, Cancel));
    }

    [Fact]
    public async Task A_user_is_read_and_deleted_alone()
    {
        var store = await EmptyAsync();
        await store.AppendAsync(Mixed(2_000, seed: 3), Cancel);
        var all = await ReadAsync(store);
        var own = await store.ReadUserAsync(7, Cancel).ToListAsync(Cancel);

        Assert.NotEmpty(own);
        Assert.Equal(all.Where(stored => stored.UserId == 7), own);
        Assert.Equal(own.Count, await store.DeleteUserAsync(7, Cancel));
        Assert.Equal(0, await store.DeleteUserAsync(7, Cancel));
        Assert.Equal(all.Where(stored => stored.UserId != 7), await ReadAsync(store));
    }

    [Fact]
    public async Task Counts_are_exact_after_every_change()
    {
        var store = await EmptyAsync();
        Assert.Equal(0, await store.CountAsync(Start, Always, Cancel));
        var expected = 0L;
        foreach (var batch in Mixed(3_000, seed: 4).Chunk(1_000))
        {
            await store.AppendAsync(batch, Cancel);
            Assert.Equal(expected += 1_000, await store.CountAsync(Start, Always, Cancel));
        }
        expected -= await store.DeleteUserAsync(3, Cancel);
        Assert.Equal(expected, await store.CountAsync(Start, Always, Cancel));
    }

    [Fact]
    public async Task Sums_per_user_and_title_are_those_of_the_stream()
    {
        var store = await EmptyAsync();
        await store.AppendAsync(Mixed(8_000, seed: 5), Cancel);
        var (from, to) = (Start.AddHours(1), Start.AddHours(9));
        var expected = (await ReadAsync(store, from, to))
            .Where(stored => stored.ContentId is not null)
            .GroupBy(stored => (stored.UserId, ContentId: stored.ContentId!.Value))
            .OrderBy(group => group.Key)
            .Select(group => Sum(group.Key.UserId, group.Key.ContentId, [.. group]))
            .ToList();

        Assert.Equal(expected, await store.AggregateAsync(from, to, Cancel).ToListAsync(Cancel));
    }

    private static UserContentTotal Sum(long user, long content, StoredEvent[] events)
    {
        var playback = events.Where(stored => stored.Type is EventType.PlayStart or EventType.Progress or EventType.Complete or EventType.Stall or EventType.Error or EventType.Stop).ToList();
        var trouble = playback.Where(stored => stored.Type is EventType.Stall or EventType.Error || stored.StallMs >= 2_000).ToList();
        return new UserContentTotal(
            user,
            content,
            events.Sum(stored => stored.WatchedSeconds),
            events.Sum(stored => Math.Max(0, stored.WatchedSeconds - (stored.StallMs / 1000.0))),
            events.Max(stored => stored.DurationSeconds),
            events.Any(stored => stored.Type == EventType.Complete),
            events.LastOrDefault(stored => stored.Type == EventType.Rating).Value,
            events.LastOrDefault(stored => stored.Type is EventType.Like or EventType.Dislike).Type switch
            {
                EventType.Like => 1,
                EventType.Dislike => -1,
                _ => 0,
            },
            events.LastOrDefault(stored => stored.Type is EventType.AddToList or EventType.RemoveFromList).Type == EventType.AddToList,
            events[0].OccurredAt,
            LastSaid(events),
            playback.Count == 0 ? null : playback[^1].OccurredAt,
            trouble.Count == 0 ? null : trouble[^1].OccurredAt,
            events.Any(stored => stored.Type == EventType.Click),
            events.Where(stored => stored.Type == EventType.Impression).Sum(stored => 1.0 / (1 + (stored.Position ?? 9))),
            events.LastOrDefault(stored => stored.Region is not null).Region,
            "tv");
    }

    // An impression counts only as long as nothing else is known of the title.
    private static DateTime LastSaid(StoredEvent[] events) =>
        (events.Any(stored => stored.Type != EventType.Impression) ? events.Last(stored => stored.Type != EventType.Impression) : events[^1]).OccurredAt;

    [Fact]
    public async Task A_cancelled_call_ends_as_cancelled()
    {
        var store = await EmptyAsync();
        await store.AppendAsync(Mixed(1_000, seed: 6), Cancel);
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.AppendAsync([Event(5_000)], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CountAsync(Start, Always, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.DeleteUserAsync(1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReadAsync(Start, Always, cancelled).CountAsync(cancelled));
        Assert.Equal(1_000, await store.CountAsync(Start, Always, Cancel));
    }

    [Fact]
    public async Task Preparing_twice_is_harmless()
    {
        var store = await EmptyAsync();
        await store.AppendAsync([Event(1)], Cancel);
        await store.PrepareAsync(Cancel);
        Assert.Equal(1, await store.CountAsync(Start, Always, Cancel));
    }

    private static async Task<List<StoredEvent>> ReadAsync(IEventStore store, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        await store.ReadAsync(from ?? Start, to ?? Always, Cancel).ToListAsync(Cancel);
}
