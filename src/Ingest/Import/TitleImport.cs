using Pipeline.Ingest.Events;
using Pipeline.Ingest.Send;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Ingest.Import;

/// <summary>Lines of catalogues into the table of titles; a title that is there is replaced.</summary>
internal sealed class TitleImport(TitleStore titles, ImportReport report)
{
    private const int BatchTitles = 500;
    private const int LongestLine = 1 << 20;

    private readonly List<CatalogTitle> _batch = [];

    public async Task ReadAsync(string file, Stream stream, CancellationToken cancellationToken)
    {
        var reader = new LineReader(stream, LongestLine);
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } line)
            {
                Take(file, line);
                if (_batch.Count >= BatchTitles)
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
        var (title, refusal) = line.IsTooLong ? (null, Refusal.TooLarge) : TitleLine.Read(line.Bytes);
        if (title is not null)
        {
            _batch.Add(title);
            return;
        }
        report.Name(file, line.Number, refusal!);
        report.CountRefused(refusal!.Code);
    }

    private async Task FlushAsync(string file)
    {
        if (_batch.Count > 0)
            await titles.WriteAsync(_batch, CancellationToken.None);
        report.Stored += _batch.Count;
        _batch.Clear();
        report.Progress(file);
    }
}
