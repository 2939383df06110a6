using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Ingest.Import;
using Pipeline.Ingest.Tests.Events;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Import;

/// <summary>An import into stores in memory.</summary>
internal sealed class ImportBench
{
    private readonly FakeTimeProvider _time = new(EventJson.Now);

    public InMemoryEventStore Events { get; } = new();
    public InMemoryRefusedEvents Refused { get; } = new();
    public StringWriter Remarks { get; } = new();

    public async Task<ImportReport> ImportAsync(
        Stream stream, CancellationToken cancellationToken, ILineFormat? format = null, string file = "events.ndjson", IEventStore? events = null)
    {
        var report = new ImportReport(Remarks, _time);
        await new EventImport(events ?? Events, Refused, _time, report)
            .ReadAsync(new ImportSource(file), stream, format ?? new EventLines(), cancellationToken);
        return report;
    }

    public Task<ImportReport> ImportAsync(string text, CancellationToken cancellationToken, ILineFormat? format = null) =>
        ImportAsync(Bytes(text), cancellationToken, format);

    public Task<List<StoredEvent>> StoredAsync(CancellationToken cancellationToken) =>
        Events.ReadAsync(DateTimeOffset.UnixEpoch, EventJson.Now.AddYears(1), cancellationToken).ToListAsync(cancellationToken).AsTask();

    public static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    public static string Event(int number, Action<System.Text.Json.Nodes.JsonObject>? change = null)
    {
        var json = EventJson.Example();
        json["eventId"] = $"0199c1d2-7a3b-7c4d-8e5f-{number:x12}";
        change?.Invoke(json);
        return json.ToJsonString();
    }

    public static byte[] Gzip(string text)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return output.ToArray();
    }
}
