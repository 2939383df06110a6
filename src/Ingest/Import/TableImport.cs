using Pipeline.Ingest.Events;
using Pipeline.Ingest.Send;

namespace Pipeline.Ingest.Import;

/// <summary>Lines into a table; a row that is there is replaced.</summary>
/// <param name="read">The row of a line, or why there is none.</param>
/// <param name="write">Writes some rows, all or none.</param>
internal sealed class TableImport<T>(
    Func<ReadOnlyMemory<byte>, (T? Row, Refusal? Refusal)> read, Func<IReadOnlyList<T>, CancellationToken, Task> write, ImportReport report)
    where T : class
{
    private const int BatchRows = 500;
    private const int LongestLine = 1 << 20;

    private readonly List<T> _batch = [];

    public async Task ReadAsync(string file, Stream stream, CancellationToken cancellationToken)
    {
        var reader = new LineReader(stream, LongestLine);
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } line)
            {
                Take(file, line);
                if (_batch.Count >= BatchRows)
                    await FlushAsync(file);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            await FlushAsync(file);
            throw;
        }
        await FlushAsync(file);
    }

    private void Take(string file, in Line line)
    {
        if (!line.IsTooLong && line.Bytes.Span.Trim(" \t"u8).IsEmpty)
            return;
        var (row, refusal) = line.IsTooLong ? (null, Refusal.TooLarge) : read(line.Bytes);
        if (row is not null)
        {
            _batch.Add(row);
            return;
        }
        report.Name(file, line.Number, refusal!);
        report.CountRefused(refusal!.Code);
    }

    private async Task FlushAsync(string file)
    {
        if (_batch.Count > 0)
            await write(_batch, CancellationToken.None);
        report.Stored += _batch.Count;
        _batch.Clear();
        report.Progress(file);
    }
}
