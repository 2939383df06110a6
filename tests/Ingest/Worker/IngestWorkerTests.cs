using System.Text;
using Confluent.Kafka;
using Pipeline.Ingest.Tests.Events;
using Pipeline.Servers;
using Pipeline.Services.Kafka;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

[Trait("speed", "server")]
public sealed class IngestWorkerTests : IAsyncLifetime
{
    private InProcessWorkers _workers = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _workers = await InProcessWorkers.StartAsync();

    public ValueTask DisposeAsync() => _workers.DisposeAsync();

    [Fact]
    public async Task Every_event_is_stored_or_a_duplicate_or_refused()
    {
        var lines = Lines(5_000);
        await _workers.Topics.SendAsync(lines.Lines, Cancelled);
        var worker = _workers.Start();
        await _workers.CommittedAsync(lines.Lines.Count);
        Assert.True(worker.Status.IsHealthy);
        await _workers.AssertExactAsync(lines);
    }

    [Fact]
    public async Task A_refused_event_becomes_a_dead_letter_and_a_document_with_its_bytes_untouched()
    {
        const string Bad = "{\"userId\":7,\"watchedSeconds\":-1}";
        await _workers.Topics.SendAsync([Bad], Cancelled);
        _workers.Start();
        await _workers.CommittedAsync(1);

        var letter = Assert.Single(_workers.Topics.DeadLetters());
        Assert.Equal("7", Encoding.UTF8.GetString(letter.Message.Key!));
        Assert.Equal(Bad, Encoding.UTF8.GetString(letter.Message.Value!));
        Assert.Equal("missing_eventId", KafkaTopics.Header(letter, "x-dlt-reason"));
        Assert.Equal("worker-0", KafkaTopics.Header(letter, "x-dlt-worker"));
        Assert.Equal("0", KafkaTopics.Header(letter, "x-dlt-offset"));
        Assert.True(long.Parse(KafkaTopics.Header(letter, "x-dlt-timestamp")) > 0);
        Assert.NotEmpty(KafkaTopics.Header(letter, "x-dlt-detail"));

        var kept = Assert.Single(_workers.Refused.Kept);
        Assert.Equal(Bad, Encoding.UTF8.GetString(kept.Raw.Span));
        Assert.Equal("missing_eventId", kept.Code);
    }

    [Fact]
    public async Task An_erased_member_s_event_is_counted_as_refused_and_nothing_of_it_is_kept()
    {
        string key = Path.GetTempFileName();
        await File.WriteAllTextAsync(key, new string('k', 32), Cancelled);
        var tombstones = new Tombstones(DocumentDatabase.Open(await TestServers.MongoAsync()), ErasureKey.Read(key), TimeProvider.System);
        File.Delete(key);
        await tombstones.AddAsync(7, Cancelled);
        _workers.Erased = tombstones;
        // The third breaks the contract too, and the fourth is no JSON from where its member would stand: its key says whose it is.
        await _workers.Topics.SendAsync([EventOf(7), EventOf(8), "{\"userId\":7,\"watchedSeconds\":-1}"], Cancelled);
        await _workers.Topics.SendAsync("7", "{broken", Cancelled);
        _workers.Start();
        await _workers.CommittedAsync(4);

        Assert.Equal(new LedgerCounts(Stored: 1, Duplicates: 0, Refused: 3), await _workers.CountsAsync());
        Assert.Equal(1, await _workers.Memory.ReadUserAsync(8, Cancelled).CountAsync(Cancelled));
        Assert.Equal(0, await _workers.Memory.ReadUserAsync(7, Cancelled).CountAsync(Cancelled));
        Assert.Empty(_workers.Topics.DeadLetters());
        Assert.Equal(3, _workers.Refused.Kept.Count);
        Assert.Contains(_workers.Refused.Kept, kept => kept.Code == "bad_userId");
        Assert.All(_workers.Refused.Kept, kept => Assert.Equal((0, null), (kept.Raw.Length, kept.Member)));

        static string EventOf(long member)
        {
            var example = EventJson.Example();
            var now = TimeProvider.System.GetUtcNow();
            (example["userId"], example["eventId"], example["occurredAt"]) = (member, $"{Guid.CreateVersion7(now)}", now.ToString("O"));
            return example.ToJsonString();
        }
    }

    [Fact]
    public async Task A_document_that_the_store_refuses_becomes_a_dead_letter_and_holds_nothing_up()
    {
        var lines = Lines(200);
        var poison = lines.Ids.First();
        _workers.Events.Refuses = document => document.EventId == poison;
        await _workers.Topics.SendAsync(lines.Lines, Cancelled);
        _workers.Start();
        await _workers.CommittedAsync(lines.Lines.Count);
        Assert.Contains(_workers.Topics.DeadLetters(), letter => KafkaTopics.Header(letter, "x-dlt-reason") == "bad_document");
    }

    [Fact]
    public async Task A_store_that_is_away_is_waited_for_and_nothing_is_refused_for_it()
    {
        var lines = Lines(5_000);
        _workers.Events.IsAway = true;
        var worker = _workers.Start();
        await _workers.Topics.SendAsync(lines.Lines, Cancelled);
        await Eventually.TrueAsync(() => worker.Status.Down.ContainsKey(IngestServer.Store), "the outage is noticed");
        await Eventually.TrueAsync(() => worker.Status.IsPaused, "consuming is paused");
        Assert.Equal(0, _workers.Topics.Committed());

        _workers.Events.IsAway = false;
        await _workers.CommittedAsync(lines.Lines.Count);
        await Eventually.TrueAsync(() => worker.Status.IsHealthy && !worker.Status.IsPaused, "consuming is resumed");
        await _workers.AssertExactAsync(lines);
    }

    [Fact]
    public async Task An_append_whose_answer_got_lost_is_repeated_and_counted_once()
    {
        var lines = Lines(3_000);
        _workers.Events.LoseAnswers(3);
        await _workers.Topics.SendAsync(lines.Lines, Cancelled);
        _workers.Start();
        await _workers.CommittedAsync(lines.Lines.Count);
        await _workers.AssertExactAsync(lines);
    }

    [Fact]
    public async Task Offsets_of_a_later_batch_wait_for_the_earlier_one()
    {
        var (held, first) = (new TaskCompletionSource(), new TaskCompletionSource());
        _workers.Events.Before = append =>
        {
            if (append > 0)
                return Task.CompletedTask;
            held.SetResult();
            return first.Task;
        };
        var lines = Lines(1_500);
        await _workers.Topics.SendAsync(lines.Lines.Take(50), Cancelled);
        _workers.Start();
        await held.Task.WaitAsync(Cancelled);
        await _workers.Topics.SendAsync(lines.Lines.Skip(50), Cancelled);
        await Eventually.TrueAsync(() => _workers.Events.Seen > 0, "the second batch is appended");
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancelled);
        Assert.Equal(0, (await _workers.CountsAsync()).Total);
        Assert.Equal(0, _workers.Topics.Committed());

        first.SetResult();
        await _workers.CommittedAsync(lines.Lines.Count);
        await _workers.AssertExactAsync(lines);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_leaves_nothing_to_repeat()
    {
        var lines = Lines(8_000);
        _workers.Events.Before = _ => Task.Delay(20, Cancelled);
        var sending = _workers.Topics.SendAsync(lines.Lines, Cancelled);
        for (var stops = 1; stops <= 3; stops++)
        {
            var worker = _workers.Start();
            await _workers.CountedAsync(stops * 1_000);
            Assert.True(await worker.StopAsync());
            Assert.Equal((await _workers.CountsAsync()).Total, _workers.Topics.Committed());
        }

        await sending;
        _workers.Start();
        await _workers.CommittedAsync(lines.Lines.Count);
        await _workers.AssertExactAsync(lines);
        Assert.Equal(lines.Stored + lines.Duplicates, _workers.Events.Seen);
    }

    [Fact]
    public async Task Workers_that_come_and_go_share_the_partitions_and_count_everything_once()
    {
        var lines = Lines(12_000);
        _workers.Events.Before = _ => Task.Delay(20, Cancelled);
        var first = _workers.Start();
        var sending = _workers.Topics.SendAsync(lines.Lines, Cancelled);
        await _workers.CountedAsync(1_000);
        var second = _workers.Start();
        _workers.Start();
        await _workers.CountedAsync(6_000);
        Assert.True(await first.StopAsync());
        await sending;
        await _workers.CommittedAsync(lines.Lines.Count);
        Assert.True(await second.StopAsync());
        await _workers.AssertExactAsync(lines);
    }

    [Fact]
    public async Task Broker_faults_lose_nothing_and_count_nothing_twice()
    {
        var lines = Lines(12_000);
        _workers.Events.Before = _ => Task.Delay(20, Cancelled);
        var worker = _workers.Start();
        var kafka = _workers.Kafka;
        var steps = lines.Lines.Chunk(1_500).ToList();
        var faults = new Action[]
        {
            () => kafka.TakeDown(KafkaStandIn.AllBrokers),
            () => kafka.BringUp(KafkaStandIn.AllBrokers),
            () => kafka.Fail(KafkaApi.Produce, ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport, ErrorCode.RequestTimedOut),
            () => kafka.Fail(KafkaApi.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport, ErrorCode.KafkaStorageError),
            () => kafka.Fail(KafkaApi.OffsetCommit, ErrorCode.RebalanceInProgress, ErrorCode.NotCoordinatorForGroup, ErrorCode.Local_Transport),
            () => kafka.MoveCoordinator(IngestSettings.Group, 2),
            () => Enumerable.Range(0, 12).ToList().ForEach(partition => kafka.MoveLeader(IngestSettings.Topic, partition, 1 + ((partition + 1) % 3))),
            () => kafka.SetRoundTrip(KafkaStandIn.AllBrokers, TimeSpan.FromMilliseconds(20)),
        };
        var sending = Task.CompletedTask;
        for (var i = 0; i < faults.Length; i++)
        {
            // While all brokers are down, sending waits for them like everything else.
            if (i != 1)
                await sending;
            if (i != 1)
                sending = _workers.Topics.SendAsync(steps[i], Cancelled);
            if (i > 0)
                await Task.Delay(200, Cancelled);
            faults[i]();
        }

        await sending;
        await _workers.Topics.SendAsync(steps[1], Cancelled);
        // What a broker had taken when it went down, and had not said so, was sent again. Kafka would know it; the stand-in does not.
        var taken = _workers.Topics.Taken();
        await _workers.CountedAsync(taken);
        Assert.True(await worker.StopAsync());
        // A commit that a broker refused may be repeated after a newer one: whoever comes next goes on from there, and counts nothing again.
        _workers.Start();
        await _workers.CommittedAsync(taken);
        await _workers.AssertExactAsync(lines, taken - lines.Lines.Count);
    }

    [Fact]
    public async Task A_topic_that_was_created_anew_begins_an_epoch_and_is_not_taken_for_the_old_one()
    {
        var lines = Lines(1_000);
        await _workers.Topics.SendAsync(lines.Lines, Cancelled);
        var worker = _workers.Start();
        await _workers.CommittedAsync(lines.Lines.Count);
        Assert.True(await worker.StopAsync());

        // The same positions again, now with events that are all known.
        await using var anew = await KafkaStandIn.StartAsync(KafkaStandInOptions.Default, Cancelled);
        await using var again = new InProcessWorkers(anew, _workers);
        again.Start();
        await Eventually.TrueAsync(async () => (await again.Ledger.ReadAsync(Cancelled)).All(entry => entry.Epoch == 1 || entry.Counts.Total == 0), "the epoch begins");
        await again.Topics.SendAsync(lines.Lines, Cancelled);
        await again.CommittedAsync(lines.Lines.Count);
        Assert.Equal(new LedgerCounts(lines.Stored, lines.Duplicates + lines.Stored + lines.Duplicates, 2 * lines.Refused), await again.CountsAsync());
        Assert.Equal(2 * lines.Refused, again.Refused.Kept.Count);
    }

    private static EventLines Lines(int count) => new(seed: 1, count, TimeProvider.System.GetUtcNow());
}
