using System.Net;
using Pipeline.Servers;
using Pipeline.Services.Kafka;
using Pipeline.Services.Local;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

[Trait("speed", "server")]
public sealed class IngestProcessTests : IAsyncLifetime
{
    private KafkaStandIn _kafka = null!;
    private KafkaTopics _topics = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _kafka = await KafkaStandIn.StartAsync(KafkaStandInOptions.Default, Cancelled);
        _topics = new KafkaTopics(_kafka.Bootstrap);
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    [Fact]
    public async Task Told_to_stop_in_a_stream_it_leaves_nothing_to_repeat()
    {
        var mongo = await TestServers.MongoAsync();
        var ledger = new MongoIngestLedger(DocumentDatabase.Open(mongo));
        var lines = Lines(10_000);
        await _topics.SendAsync(lines.Lines, Cancelled);
        await using (var worker = IngestProcess.Start(_kafka.Bootstrap, mongo, "work"))
        {
            await Eventually.TrueAsync(async () => (await StoredOutcome.CountsAsync(ledger)).Total > 500, "events are counted");
            Assert.Equal(0, await worker.TerminateAsync());
        }

        Assert.Equal((await StoredOutcome.CountsAsync(ledger)).Total, _topics.Committed());
        await using var next = IngestProcess.Start(_kafka.Bootstrap, mongo);
        await Eventually.TrueAsync(() => _topics.Committed() == lines.Lines.Count, "everything is committed");
        Assert.DoesNotContain("outcome=\"redelivered\"} 1", await next.MetricsAsync(), StringComparison.Ordinal);
        await StoredOutcome.AssertExactAsync(lines, mongo, _topics);
    }

    [Fact]
    public async Task A_document_store_that_is_killed_and_recovers_has_everything_once()
    {
        await using var servers = await TestServers.PrivateAsync(Server.Mongo);
        var mongo = servers.Addresses.Mongo!;
        var lines = Lines(12_000);
        var sent = 0;
        await using var worker = IngestProcess.Start(_kafka.Bootstrap, mongo, "work");
        await Eventually.TrueAsync(async () => await worker.HealthAsync() == HttpStatusCode.OK, "the worker is healthy");
        foreach (var step in lines.Lines.Chunk(lines.Lines.Count / 3))
        {
            await _topics.SendAsync(step, Cancelled);
            sent += step.Length;
            if (sent == lines.Lines.Count)
                break;
            await servers.KillAsync(LocalServer.Documents);
            await Eventually.TrueAsync(async () => await worker.HealthAsync() == HttpStatusCode.ServiceUnavailable, "the outage shows");
            await servers.StartAsync(LocalServer.Documents, Cancelled);
        }

        await Eventually.TrueAsync(() => _topics.Committed() == lines.Lines.Count, "everything is committed");
        await Eventually.TrueAsync(async () => await worker.HealthAsync() == HttpStatusCode.OK, "the worker is healthy again");
        Assert.Equal(0, await worker.TerminateAsync());
        await StoredOutcome.AssertExactAsync(lines, mongo, _topics);
    }

    [Fact]
    public async Task Without_servers_it_waits_says_so_and_stops_when_told()
    {
        await using var worker = IngestProcess.Start("127.0.0.1:1", "mongodb://127.0.0.1:1/test?directConnection=true", "work");
        await Eventually.TrueAsync(async () => await worker.HealthAsync() == HttpStatusCode.ServiceUnavailable, "the worker answers");
        await Eventually.TrueAsync(() => worker.Output.Contains("Store does not answer", StringComparison.Ordinal), "the log says why");
        Assert.Equal(0, await worker.TerminateAsync());
    }

    [Fact]
    public async Task A_setting_that_makes_no_sense_is_named()
    {
        await using var worker = IngestProcess.Start("nonsense", "mongodb://127.0.0.1:1", "work");
        Assert.Equal(1, await worker.ExitAsync());
        Assert.Contains("PIPELINE_KAFKA is malformed", worker.Errors, StringComparison.Ordinal);
    }

    private static EventLines Lines(int count) => new(seed: 2, count, TimeProvider.System.GetUtcNow());
}
