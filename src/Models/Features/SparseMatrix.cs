using Pipeline.Models.Training;

namespace Pipeline.Models.Features;

/// <summary>Compressed sparse rows; the columns of a row ascend. Where every value is 1 none is kept.</summary>
public sealed class SparseMatrix
{
    // Entries of a piece that is worth a thread of its own, and pieces: each keeps a number for every column.
    private const int MinPiece = 1 << 18;
    private const int MaxPieces = 8;

    private readonly int[] starts;
    private readonly int[] columns;
    private readonly float[]? values;
    private float[]? ones;

    /// <param name="starts">Shape [rows + 1]: row r holds entries starts[r] up to, not including, starts[r + 1].</param>
    /// <param name="columns">Shape [entries].</param>
    /// <param name="values">Shape [entries], or null for 1 everywhere.</param>
    public SparseMatrix(int columnCount, int[] starts, int[] columns, float[]? values)
    {
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(columns);
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != columns.Length || (values is not null && columns.Length != values.Length))
            throw new ArgumentException("Row starts, columns and values do not fit together.", nameof(starts));
        ColumnCount = columnCount;
        this.starts = starts;
        this.columns = columns;
        this.values = values is null || !values.AsSpan().ContainsAnyExcept(1f) ? null : values;
    }

    public int RowCount => starts.Length - 1;

    public int ColumnCount { get; }

    public int Count => columns.Length;

    public ReadOnlySpan<int> Starts => starts;

    public ReadOnlySpan<int> AllColumns => columns;

    /// <summary>Shape [entries]; empty where every value is 1.</summary>
    public ReadOnlySpan<float> AllValues => values;

    public ReadOnlySpan<int> Columns(int row) => columns.AsSpan(starts[row], starts[row + 1] - starts[row]);

    public ReadOnlySpan<float> Values(int row) =>
        values is null ? Ones.AsSpan(0, RowLength(row)) : values.AsSpan(starts[row], starts[row + 1] - starts[row]);

    public int RowLength(int row) => starts[row + 1] - starts[row];

    internal RowWeight Weight(int row) => values is null ? RowWeight.Ones(RowLength(row)) : RowWeight.Of(Values(row));

    /// <summary>The entries with a value above 0: itself where there are no others.</summary>
    public SparseMatrix Positive()
    {
        if (values is null || !values.AsSpan().ContainsAnyInRange(float.NegativeInfinity, 0))
            return this;
        var keptStarts = new int[starts.Length];
        var keptColumns = new List<int>(Count);
        var keptValues = new List<float>(Count);
        for (var row = 0; row < RowCount; row++)
        {
            for (var n = starts[row]; n < starts[row + 1]; n++)
            {
                if (values[n] <= 0)
                    continue;
                keptColumns.Add(columns[n]);
                keptValues.Add(values[n]);
            }
            keptStarts[row + 1] = keptColumns.Count;
        }
        return new SparseMatrix(ColumnCount, keptStarts, [.. keptColumns], [.. keptValues]);
    }

    /// <summary>Some of the rows, in the order given.</summary>
    public SparseMatrix OfRows(ReadOnlySpan<int> rows)
    {
        var keptStarts = new int[rows.Length + 1];
        for (var row = 0; row < rows.Length; row++)
            keptStarts[row + 1] = keptStarts[row] + RowLength(rows[row]);
        var keptColumns = new int[keptStarts[^1]];
        var keptValues = new float[keptStarts[^1]];
        for (var row = 0; row < rows.Length; row++)
        {
            Columns(rows[row]).CopyTo(keptColumns.AsSpan(keptStarts[row]));
            Values(rows[row]).CopyTo(keptValues.AsSpan(keptStarts[row]));
        }
        return new SparseMatrix(ColumnCount, keptStarts, keptColumns, keptValues);
    }

    /// <summary>The same entries with other values.</summary>
    /// <param name="value">From row, column and the value that was there.</param>
    internal SparseMatrix WithValues(Func<int, int, float, float> value)
    {
        var replaced = new float[Count];
        for (var row = 0; row < RowCount; row++)
        {
            var before = Values(row);
            for (var n = 0; n < before.Length; n++)
                replaced[starts[row] + n] = value(row, columns[starts[row] + n], before[n]);
        }
        return new SparseMatrix(ColumnCount, starts, columns, replaced);
    }

    /// <summary>Rows for columns. Large ones are turned in pieces, as many at a time as there are processors; the result is the same.</summary>
    public SparseMatrix Transpose()
    {
        var pieces = Math.Clamp(Count / MinPiece, 1, Math.Min(Environment.ProcessorCount, MaxPieces));
        var next = new int[pieces][];
        Workers.Run(pieces, pieces, () => 0, (_, piece) =>
        {
            next[piece] = new int[ColumnCount];
            foreach (var column in columns.AsSpan(starts[Cut(piece, pieces)]..starts[Cut(piece + 1, pieces)]))
                next[piece][column]++;
        }, CancellationToken.None);
        var turnedStarts = new int[ColumnCount + 1];
        for (var column = 0; column < ColumnCount; column++)
        {
            var place = turnedStarts[column];
            foreach (var own in next)
                (own[column], place) = (place, place + own[column]);
            turnedStarts[column + 1] = place;
        }
        var turnedColumns = GC.AllocateUninitializedArray<int>(Count);
        var turnedValues = values is null ? null : GC.AllocateUninitializedArray<float>(Count);
        Workers.Run(
            pieces, pieces, () => 0, (_, piece) => Turn(Cut(piece, pieces), Cut(piece + 1, pieces), next[piece], turnedColumns, turnedValues), CancellationToken.None);
        return new SparseMatrix(RowCount, turnedStarts, turnedColumns, turnedValues);
    }

    /// <summary>First row of a piece: pieces hold about as many entries each.</summary>
    private int Cut(int piece, int pieces)
    {
        if (piece == pieces)
            return RowCount;
        var row = Array.BinarySearch(starts, (int)((long)Count * piece / pieces));
        return row < 0 ? ~row - 1 : row;
    }

    private void Turn(int firstRow, int endRow, int[] next, int[] turnedColumns, float[]? turnedValues)
    {
        for (var row = firstRow; row < endRow; row++)
        {
            for (var n = starts[row]; n < starts[row + 1]; n++)
            {
                var target = next[columns[n]]++;
                turnedColumns[target] = row;
                if (turnedValues is not null)
                    turnedValues[target] = values![n];
            }
        }
    }

    // As long as the longest row, whoever asks first.
    private float[] Ones
    {
        get
        {
            if (ones is not null)
                return ones;
            var longest = 0;
            for (var row = 0; row < RowCount; row++)
                longest = Math.Max(longest, RowLength(row));
            var filled = new float[longest];
            Array.Fill(filled, 1f);
            return ones = filled;
        }
    }
}
