using System.IO.Compression;
using System.Text.Json;
using Pipeline.Ingest.Tests.Worker;

namespace Pipeline.Ingest.Tests.Send;

[Trait("speed", "server")]
public sealed class SendTests : IAsyncLifetime
{
    private const string NoStore = "mongodb://127.0.0.1:1";
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-send-").FullName;
    private InProcessWorkers _workers = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _workers = await InProcessWorkers.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _workers.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Broken_lines_are_sent_blank_ones_are_not_and_endless_ones_fail_by_number()
    {
        var plain = Path.Combine(_folder, "events.ndjson");
        await File.WriteAllLinesAsync(plain, ["{\"userId\":1}", "", "not json", new string('x', 1_100_000), "{\"userId\":2}"], Cancelled);
        var zipped = Path.Combine(_folder, "events.ndjson.gz");
        await using (var gzip = new GZipStream(File.Create(zipped), CompressionLevel.Fastest))
            await gzip.WriteAsync("{\"userId\":3}\n"u8.ToArray(), Cancelled);

        await using var send = IngestProcess.Start(_workers.Kafka.Bootstrap, NoStore, "send", plain, zipped, "--json");
        Assert.Equal(1, await send.ExitAsync());
        using var answer = JsonDocument.Parse(send.Output);
        Assert.Equal(4, answer.RootElement.GetProperty("sent").GetInt64());
        Assert.Equal(1, answer.RootElement.GetProperty("failed").GetInt64());
        Assert.Contains("line 4", send.Errors, StringComparison.Ordinal);
        _workers.Start();
        await _workers.CommittedAsync(4);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named_before_anything_is_sent()
    {
        var there = Path.Combine(_folder, "there.ndjson");
        await File.WriteAllTextAsync(there, "{}\n", Cancelled);
        await using var send = IngestProcess.Start(_workers.Kafka.Bootstrap, NoStore, "send", there, "no-such-file.ndjson");
        Assert.Equal(1, await send.ExitAsync());
        Assert.Contains("no-such-file.ndjson", send.Errors, StringComparison.Ordinal);
        Assert.Empty(send.Output.Trim());
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_are_named()
    {
        var file = Path.Combine(_folder, "events.ndjson");
        await File.WriteAllTextAsync(file, "{}\n", Cancelled);
        await using var send = IngestProcess.Start("127.0.0.1:1", NoStore, "send", file);
        Assert.Equal(1, await send.ExitAsync());
        Assert.Contains("Kafka at 127.0.0.1:1 does not answer", send.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Required argument")]
    [InlineData("Unknown option '--bogus'", "--bogus", "events.ndjson")]
    public async Task A_command_line_that_makes_no_sense_is_a_mistake_of_usage(string said, params string[] arguments)
    {
        await using var send = IngestProcess.Start(_workers.Kafka.Bootstrap, NoStore, ["send", .. arguments]);
        Assert.Equal(2, await send.ExitAsync());
        Assert.Contains(said, send.Errors, StringComparison.Ordinal);
        Assert.Empty(send.Output.Trim());
    }

    [Fact]
    public async Task The_count_is_told_in_plain_digits()
    {
        var file = Path.Combine(_folder, "events.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Range(1, 3_000).Select(user => $"{{\"userId\":{user}}}"), Cancelled);
        await using var send = IngestProcess.Start(_workers.Kafka.Bootstrap, NoStore, "send", file);
        Assert.Equal(0, await send.ExitAsync());
        Assert.Matches(@"^sent 3000 events in \d+\.\d s$", send.Output.Trim());
    }

    /// <summary>Nobody reads what is sent, so that sending comes to wait.</summary>
    [Fact]
    public async Task Who_interrupts_it_is_told_how_many_were_sent()
    {
        var file = Path.Combine(_folder, "events.ndjson");
        await File.WriteAllLinesAsync(file, Enumerable.Repeat("{\"userId\":1}", 2_000), Cancelled);
        await using var send = IngestProcess.Start(_workers.Kafka.Bootstrap, NoStore, "send", file, "--unread-limit", "5000");
        await Eventually.TrueAsync(() => send.Errors.Contains("waiting for the consumer group", StringComparison.Ordinal), "sending waits");

        Assert.Equal(1, await send.TerminateAsync());

        Assert.Contains("interrupted", send.Errors, StringComparison.Ordinal);
        var told = System.Text.RegularExpressions.Regex.Match(send.Output, @"sent (\d+) events");
        Assert.InRange(int.Parse(told.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), 1, 1_999);
        _workers.Start();
        await _workers.CommittedAsync(long.Parse(told.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>All events are one user's and so of one partition, which the stand-in would have cut three times over.</summary>
    [Fact]
    public async Task More_than_a_partition_holds_arrives_whole()
    {
        var lines = Enumerable.Range(0, 300).Select(i => $"{{\"userId\":1,\"padding\":\"{new string('x', 50_000)}\",\"n\":{i}}}");
        var file = Path.Combine(_folder, "events.ndjson");
        await File.WriteAllLinesAsync(file, lines, Cancelled);
        await using var send = IngestProcess.Start(_workers.Kafka.Bootstrap, NoStore, "send", file);
        _workers.Start();
        Assert.Equal(0, await send.ExitAsync());
        await _workers.CommittedAsync(300);
        Assert.Equal(300, (await _workers.CountsAsync()).Refused);
    }
}
