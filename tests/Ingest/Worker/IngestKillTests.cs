using Pipeline.Servers;
using Pipeline.Services.Kafka;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>Of a class of its own, so that it runs beside those of <see cref="IngestProcessTests"/>: it takes longest.</summary>
[Trait("speed", "server")]
public sealed class IngestKillTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_twenty_times_in_a_stream_it_loses_nothing_and_counts_nothing_twice()
    {
        const int Kills = 20;
        const int Step = 1_000;
        await using var kafka = await KafkaStandIn.StartAsync(KafkaStandInOptions.Default, Cancelled);
        var topics = new KafkaTopics(kafka.Bootstrap);
        var mongo = await TestServers.MongoAsync();
        var ledger = new MongoIngestLedger(DocumentDatabase.Open(mongo));
        var lines = new EventLines(seed: 2, (Kills + 1) * Step, TimeProvider.System.GetUtcNow());
        var random = new Random(20);
        foreach (var step in lines.Lines.Chunk(Step).Take(Kills))
        {
            await topics.SendAsync(step, Cancelled);
            var before = (await StoredOutcome.CountsAsync(ledger)).Total;
            var enough = before + random.Next(Step);
            await using var worker = IngestProcess.Start(kafka.Bootstrap, mongo, "work");
            await Eventually.TrueAsync(async () => (await StoredOutcome.CountsAsync(ledger)).Total >= enough, "events are counted");
            await worker.KillAsync();
        }

        await topics.SendAsync(lines.Lines.Skip(Kills * Step), Cancelled);
        await using var last = IngestProcess.Start(kafka.Bootstrap, mongo, "work");
        await Eventually.TrueAsync(() => topics.Committed() == lines.Lines.Count, "everything is committed");
        Assert.Equal(0, await last.TerminateAsync());
        await StoredOutcome.AssertExactAsync(lines, mongo, topics);
    }
}
