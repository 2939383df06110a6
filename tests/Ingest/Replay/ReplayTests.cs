using System.Text;
using Pipeline.Ingest.Tests.Events;
using Pipeline.Ingest.Tests.Worker;
using Pipeline.Servers;
using Pipeline.Services.Kafka;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Replay;

/// <summary>Refused events that somebody wants sent once more, through a worker's own process.</summary>
[Trait("speed", "server")]
public sealed class ReplayTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wish_is_served_once_and_the_ledger_counts_what_came_of_it()
    {
        await using var kafka = await KafkaStandIn.StartAsync(KafkaStandInOptions.Default, Cancelled);
        var mongo = await TestServers.MongoAsync();
        var database = DocumentDatabase.Open(mongo);
        var (desk, ledger) = (new RefusedEventDesk(database), new MongoIngestLedger(database));
        var (good, bad) = (new SourcePosition("watch-events", 0, 900), new SourcePosition("watch-events", 1, 900));
        var now = TimeProvider.System.GetUtcNow();
        await new MongoRefusedEvents(database).KeepAsync(
            [
                new RefusedEvent(good, Encoding.UTF8.GetBytes(EventJson.With("occurredAt", $"\"{now.AddMinutes(-5):O}\"")), "in_future", "an hour ago", now),
                new RefusedEvent(bad, Encoding.UTF8.GetBytes("not json"), "not_json", "", now),
            ], Cancelled);
        await using var worker = IngestProcess.Start(kafka.Bootstrap, mongo, "work");

        Assert.True(await desk.WantReplayAsync(good.ToString(), "ada", Cancelled));
        Assert.True(await desk.WantReplayAsync(bad.ToString(), "ada", Cancelled));
        await Eventually.TrueAsync(async () => await CountAsync(ledger) is (1, 0, 1), "both are sent, one is stored and one refused again");

        Assert.True(await desk.WantReplayAsync(good.ToString(), "ada", Cancelled));
        await Eventually.TrueAsync(async () => await CountAsync(ledger) is (1, 1, 1), "what was stored before counts once");
        Assert.NotNull((await desk.FindAsync(good.ToString(), Cancelled))!.ReplayedAt);
        Assert.Equal(0, await worker.TerminateAsync());
    }

    private static async Task<(long Stored, long Duplicates, long Refused)> CountAsync(MongoIngestLedger ledger)
    {
        var counts = (await ledger.ReadAsync(Cancelled)).Select(partition => partition.Counts).ToList();
        return (counts.Sum(count => count.Stored), counts.Sum(count => count.Duplicates), counts.Sum(count => count.Refused));
    }
}
