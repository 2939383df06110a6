using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Pipeline.Jobs.Exchange;

/// <summary>A Parquet file that somebody else may have written, read a row group at a time; whatever is wrong with it, the message names it.</summary>
internal sealed class ParquetTable : IAsyncDisposable
{
    private readonly ParquetReader _reader;
    private readonly string _name;

    private ParquetTable(ParquetReader reader, string name) => (_reader, _name) = (reader, name);

    /// <param name="name">What messages call the file.</param>
    /// <exception cref="ImportException">It cannot be read, or is no such file.</exception>
    public static Task<ParquetTable> OpenAsync(string path, string name, CancellationToken cancellationToken) =>
        SayingWhatAsync(name, async () => new ParquetTable(await ParquetReader.CreateAsync(path, null, cancellationToken), name));

    public int RowGroups => _reader.RowGroupCount;

    public IReadOnlyDictionary<string, string> Metadata => _reader.CustomMetadata;

    /// <summary>A column of single values.</summary>
    /// <exception cref="ImportException">There is none of that name and type.</exception>
    public DataField Column<T>(string name) =>
        _reader.Schema.DataFields.FirstOrDefault(field => field.Path.Length == 1 && field.Path.FirstPart == name) is not { } column ? throw Wrong($"it has no column '{name}'")
        : column.ClrType != typeof(T) || column.MaxRepetitionLevel > 0 ? throw Wrong($"its column '{name}' is not of type {NameOf<T>()}")
        : column;

    /// <summary>A column of lists, whatever its inner groups are called: writers differ in that.</summary>
    /// <exception cref="ImportException">There is none of that name and type.</exception>
    public DataField ListColumn<T>(string name)
    {
        DataField[] columns = [.. _reader.Schema.DataFields.Where(field => field.Path.FirstPart == name)];
        return columns.Length == 0 ? throw Wrong($"it has no column '{name}'")
            : columns is [{ MaxRepetitionLevel: 1 } column] && column.ClrType == typeof(T) ? column
            : throw Wrong($"its column '{name}' is no list of {NameOf<T>()}");
    }

    /// <summary>One row group's values of a column.</summary>
    /// <exception cref="ImportException">They cannot be read, or some are missing.</exception>
    public Task<T[]> ReadAsync<T>(int group, DataField column, CancellationToken cancellationToken)
        where T : struct => SayingWhatAsync(_name, async () =>
    {
        using var rows = _reader.OpenRowGroupReader(group);
        using var raw = await ReadWholeAsync<T>(rows, column, cancellationToken);
        return raw.Values.Length == rows.RowCount ? raw.Values.ToArray() : throw Wrong($"its column '{column.Path.FirstPart}' has {raw.Values.Length} values for {rows.RowCount} rows");
    });

    /// <summary>One row group's lists of a column.</summary>
    /// <exception cref="ImportException">They cannot be read, or a list or one of its values is missing.</exception>
    public Task<ListValues<T>> ReadListsAsync<T>(int group, DataField column, CancellationToken cancellationToken)
        where T : struct => SayingWhatAsync(_name, async () =>
    {
        using var rows = _reader.OpenRowGroupReader(group);
        using var raw = await ReadWholeAsync<T>(rows, column, cancellationToken);
        var starts = new List<int>((int)rows.RowCount + 1);
        for (int n = 0; n < raw.RepetitionLevels.Length; n++)
            if (raw.RepetitionLevels[n] == 0)
                starts.Add(n);
        if (starts.Count != rows.RowCount)
            throw Wrong($"its column '{column.Path.FirstPart}' has {starts.Count} lists for {rows.RowCount} rows");
        starts.Add(raw.Values.Length);
        return new ListValues<T>([.. starts], raw.Values.ToArray());
    });

    private async Task<RawColumnData<T>> ReadWholeAsync<T>(ParquetRowGroupReader rows, DataField column, CancellationToken cancellationToken)
        where T : struct
    {
        var raw = (RawColumnData<T>)await rows.ReadRawColumnDataBaseAsync(column, cancellationToken);
        // A level below the greatest stands for a value, a list or what is in it that is not there.
        if (column.MaxDefinitionLevel == 0 || !raw.DefinitionLevels.ContainsAnyExcept(column.MaxDefinitionLevel))
            return raw;
        raw.Dispose();
        throw Wrong($"its column '{column.Path.FirstPart}' has rows without a value");
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    /// <summary>The problem as a value for people.</summary>
    public ImportException Wrong(string how) => new($"{_name}: {how}");

    private static string NameOf<T>() => typeof(T) == typeof(int) ? "int32" : typeof(T) == typeof(long) ? "int64" : typeof(T) == typeof(float) ? "float" : typeof(T).Name;

    private static async Task<TResult> SayingWhatAsync<TResult>(string name, Func<Task<TResult>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception problem) when (problem is not (OperationCanceledException or ImportException))
        {
            // A damaged file makes the library fail in as many ways as it has lines.
            throw new ImportException($"{name}: it cannot be read as Parquet: {problem.Message}");
        }
    }
}

/// <summary>Lists one behind the other.</summary>
/// <param name="Starts">Where each begins in <paramref name="Values"/>, and the end of the last.</param>
internal sealed record ListValues<T>(int[] Starts, T[] Values)
{
    public ReadOnlySpan<T> this[int row] => Values.AsSpan(Starts[row]..Starts[row + 1]);
}
