using System.Buffers;
using Pipeline.Ingest.Events;
using Pipeline.Ingest.Send;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Import;

/// <summary>
/// Lines of files into the event store, in batches. What was read is stored, whoever asks to stop, and a line is counted once its fate is
/// certain. Importing again what is there counts as duplicates, so whatever was interrupted is simply run again.
/// </summary>
internal sealed class EventImport(IEventStore events, IRefusedEventStore refusedEvents, TimeProvider time, ImportReport report)
{
    private const int BatchEvents = 5_000;
    private const int BatchBytes = 8 << 20;

    /// <summary>Longer lines are refused without being kept; the contract's limit for an event is far below.</summary>
    private const int LongestLine = 1 << 20;

    private readonly BsonBuffer _bson = new(capacity: 1 << 20);
    private readonly List<(Guid EventId, SourcePosition Source, int Start, int Length)> _valid = [];
    private readonly List<RefusedEvent> _refused = [];
    private readonly ArrayBufferWriter<byte> _json = new(4 << 10);
    private int _refusedBytes;

    /// <exception cref="EventStoreUnavailableException">Everything reported so far is stored.</exception>
    /// <exception cref="OperationCanceledException">As asked; likewise.</exception>
    public async Task ReadAsync(ImportSource source, Stream stream, ILineFormat format, CancellationToken cancellationToken)
    {
        var validator = new EventValidator(format.MaxAge);
        var reader = new LineReader(stream, LongestLine);
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } line)
            {
                if (line.IsTooLong)
                    Refuse(source, line, Refusal.TooLarge);
                else if (!line.Bytes.Span.Trim(" \t"u8).IsEmpty)
                    Take(source, line, format, validator);
                if (_valid.Count >= BatchEvents || _bson.Length + _refusedBytes >= BatchBytes)
                    await FlushAsync(source);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            // What came before the damage, or before Ctrl-C, is good.
            await FlushAsync(source);
            throw;
        }
        await FlushAsync(source);
    }

    private void Take(ImportSource source, in Line line, ILineFormat format, EventValidator validator)
    {
        _json.ResetWrittenCount();
        if (!format.TryRead(line.Bytes.Span, _json, out var refusal))
            return;
        var start = _bson.Length;
        var position = source.At(line.Number);
        var eventId = Guid.Empty;
        refusal ??= validator.Validate(_json.WrittenSpan, position, time.GetUtcNow(), _bson, out eventId);
        if (refusal is null)
            _valid.Add((eventId, position, start, _bson.Length - start));
        else
            Refuse(source, line, refusal);
    }

    private void Refuse(ImportSource source, in Line line, Refusal refusal)
    {
        report.Name(source.File, line.Number, refusal);
        _refused.Add(new RefusedEvent(source.At(line.Number), line.Bytes.ToArray(), refusal.Code, refusal.Detail, time.GetUtcNow()));
        _refusedBytes += line.Bytes.Length;
    }

    private async Task FlushAsync(ImportSource source)
    {
        var batch = _valid.ConvertAll(entry => new EventDocument(entry.EventId, entry.Source, _bson.Slice(entry.Start, entry.Length)));
        // Not cancellable: a batch on its way is seen to its end, which its deadline bounds.
        var outcomes = await events.AppendAsync(batch, CancellationToken.None);
        for (var i = 0; i < outcomes.Count; i++)
        {
            switch (outcomes[i].Status)
            {
                case AppendStatus.Stored:
                    report.Stored++;
                    break;
                case AppendStatus.Duplicate:
                    report.Duplicates++;
                    break;
                case AppendStatus.Erased:
                    report.Name(source.File, batch[i].Source.Offset, Refusal.Erased);
                    _refused.Add(new RefusedEvent(batch[i].Source, default, Refusal.Erased.Code, Refusal.Erased.Detail, time.GetUtcNow()));
                    break;
                default:
                    var refusal = new Refusal(Refusal.BadDocument, outcomes[i].Detail!);
                    report.Name(source.File, batch[i].Source.Offset, refusal);
                    _refused.Add(new RefusedEvent(batch[i].Source, batch[i].Bson, refusal.Code, refusal.Detail, time.GetUtcNow()));
                    break;
            }
        }
        await refusedEvents.KeepAsync(_refused, CancellationToken.None);
        foreach (var refused in _refused)
            report.CountRefused(refused.Code);
        _valid.Clear();
        _refused.Clear();
        _bson.Truncate(0);
        _refusedBytes = 0;
        report.Progress(source.File);
    }
}
