using System.Text;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Ingest.Import;
using Pipeline.Ingest.Send;
using Pipeline.Ingest.Tests.Events;
using Pipeline.Storage.Events;
using static Pipeline.Ingest.Tests.Import.ImportBench;

namespace Pipeline.Ingest.Tests.Import;

[Trait("speed", "fast")]
public sealed class EventImportTests
{
    private readonly ImportBench _bench = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_line_is_stored_a_duplicate_or_refused()
    {
        var text = string.Join('\n', Event(1), "", Event(2), "  ", "{\"type\":", Event(1), Event(3, json => json["watchedSeconds"] = -1), Event(4), "");
        var report = await _bench.ImportAsync(text, Cancel);

        Assert.Equal((3, 1, 2, 6), (report.Stored, report.Duplicates, report.Refused, report.Lines));
        Assert.Equal(new Dictionary<string, long> { ["bad_watchedSeconds"] = 1, ["not_json"] = 1 }, report.RefusedByCode);
        Assert.Equal(3, (await _bench.StoredAsync(Cancel)).Count);
    }

    [Fact]
    public async Task Refused_lines_are_named_with_file_line_field_and_what_was_expected()
    {
        await _bench.ImportAsync(string.Join('\n', Event(1), Event(2, json => json.Remove("userId")), Event(3, json => json["value"] = "five")), Cancel);

        var remarks = _bench.Remarks.ToString().TrimEnd().Split('\n');
        Assert.Equal(2, remarks.Length);
        Assert.Equal("events.ndjson:2: missing_userId userId is required", remarks[0]);
        Assert.StartsWith("events.ndjson:3: bad_value value must be a number", remarks[1]);
    }

    [Fact]
    public async Task Refused_lines_are_kept_as_they_came()
    {
        await _bench.ImportAsync($"{Event(1)}\n{{broken\n", Cancel);
        var refused = Assert.Single(_bench.Refused.Kept);
        Assert.Equal(("import", 2L, "not_json"), (refused.Source.Topic, refused.Source.Offset, refused.Code));
        Assert.Equal("{broken", Encoding.UTF8.GetString(refused.Raw.Span));
    }

    [Fact]
    public async Task Many_refused_lines_are_all_counted_and_the_first_are_named()
    {
        var report = await _bench.ImportAsync(string.Join('\n', Enumerable.Repeat("x", 1_000)), Cancel);
        Assert.Equal(1_000, report.Refused);
        Assert.Equal(21, _bench.Remarks.ToString().TrimEnd().Split('\n').Length);
        Assert.Equal(1_000, _bench.Refused.Kept.Count);
    }

    [Fact]
    public async Task A_file_imported_again_is_all_duplicates_and_refuses_the_same_lines()
    {
        var text = string.Join('\n', Enumerable.Range(1, 12_000).Select(number => Event(number)).Append("broken"));
        var first = await _bench.ImportAsync(text, Cancel);
        var again = await _bench.ImportAsync(text, Cancel);

        Assert.Equal((12_000, 0, 1), (first.Stored, first.Duplicates, first.Refused));
        Assert.Equal((0, 12_000, 1), (again.Stored, again.Duplicates, again.Refused));
        Assert.Single(_bench.Refused.Kept);
    }

    [Fact]
    public async Task Lines_of_two_files_have_positions_of_their_own()
    {
        await _bench.ImportAsync(Bytes("broken"), Cancel, file: "a.ndjson");
        await _bench.ImportAsync(Bytes("broken"), Cancel, file: "b.ndjson");
        Assert.Equal(2, _bench.Refused.Kept.Count);
    }

    [Fact]
    public async Task A_line_over_every_limit_is_refused_and_the_next_ones_are_read()
    {
        var large = Event(1, json => json["note"] = new string('x', 100_000));
        var report = await _bench.ImportAsync($"{large}\n{new string('y', 3 << 20)}\n{Event(2)}", Cancel);
        Assert.Equal((1, 2), (report.Stored, report.RefusedByCode["too_large"]));
    }

    [Fact]
    public async Task What_came_before_the_end_of_a_cut_gzip_file_is_stored()
    {
        var text = string.Concat(Enumerable.Range(1, 4_000).Select(number => Event(number) + "\n"));
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}.ndjson.gz");
        await File.WriteAllBytesAsync(file, Gzip(text)[..^2_000], Cancel);
        await using (var stream = EventFiles.Open(file))
            await Assert.ThrowsAsync<InvalidDataException>(() => _bench.ImportAsync(stream, Cancel));
        File.Delete(file);

        var stored = (await _bench.StoredAsync(Cancel)).Count;
        Assert.InRange(stored, 1_000, 3_999);
        Assert.Empty(_bench.Refused.Kept);
    }

    [Fact]
    public async Task What_was_read_is_stored_when_asked_to_stop_and_the_rest_comes_with_the_next_import()
    {
        using var stop = new CancellationTokenSource();
        var events = new StoppingStore(_bench.Events, stop);
        var text = string.Join('\n', Enumerable.Range(1, 20_000).Select(number => Event(number)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.ImportAsync(Bytes(text), stop.Token, events: events));

        var before = (await _bench.StoredAsync(Cancel)).Count;
        Assert.InRange(before, 5_000, 19_999);
        var again = await _bench.ImportAsync(text, Cancel);
        Assert.Equal((20_000 - before, before), (again.Stored, again.Duplicates));
    }

    [Fact]
    public async Task A_line_is_counted_only_once_its_fate_is_certain()
    {
        var report = new ImportReport(_bench.Remarks, TimeProvider.System);
        var import = new EventImport(_bench.Events, new UnavailableRefusedEvents(), new FakeTimeProvider(EventJson.Now), report);
        await Assert.ThrowsAsync<EventStoreUnavailableException>(
            () => import.ReadAsync(new ImportSource("a"), Bytes($"{Event(1)}\nbroken\n{Event(2)}"), new EventLines(), Cancel));
        Assert.Equal((2, 0), (report.Stored, report.Refused));
    }

    private sealed class UnavailableRefusedEvents : IRefusedEventStore
    {
        public Task KeepAsync(IReadOnlyList<RefusedEvent> batch, CancellationToken cancellationToken) =>
            throw new EventStoreUnavailableException("away", new TimeoutException());
    }

    /// <summary>Somebody presses Ctrl-C in the middle of the first batch.</summary>
    private sealed class StoppingStore(IEventStore inner, CancellationTokenSource stop) : IEventStore
    {
        public async Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<EventDocument> batch, CancellationToken cancellationToken)
        {
            await stop.CancelAsync();
            return await inner.AppendAsync(batch, cancellationToken);
        }

        public Task PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

        public IAsyncEnumerable<StoredEvent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.ReadAsync(from, to, cancellationToken);

        public IAsyncEnumerable<StoredEvent> ReadUserAsync(long userId, CancellationToken cancellationToken) =>
            inner.ReadUserAsync(userId, cancellationToken);

        public IAsyncEnumerable<UserContentTotal> AggregateAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.AggregateAsync(from, to, cancellationToken);

        public Task<long> DeleteUserAsync(long userId, CancellationToken cancellationToken) => inner.DeleteUserAsync(userId, cancellationToken);

        public Task<long> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.CountAsync(from, to, cancellationToken);

        public Task<DateTime?> NewestAsync(CancellationToken cancellationToken) => inner.NewestAsync(cancellationToken);
    }
}
