namespace Pipeline.Models.Features;

/// <summary>Sorts the entries of one row by column and keeps one of those that repeat.</summary>
internal sealed class RowSorter(int[] columns, float[]? values, long[]? times)
{
    private ulong[] keys = [];
    private int[] sortedColumns = [];
    private float[] sortedValues = [];
    private long[] sortedTimes = [];

    /// <summary>Moves what is kept of the entries first … end − 1 to <paramref name="target"/>, which is not after them.</summary>
    /// <returns>How many are kept.</returns>
    public int Sort(int first, int end, int target)
    {
        if (!IsStrictlyAscending(columns.AsSpan(first..end)))
            return SortByColumn(first, end, target);
        if (first != target)
            Move(columns.AsSpan(first..end), values is null ? [] : values.AsSpan(first..end), times is null ? [] : times.AsSpan(first..end), target);
        return end - first;
    }

    private int SortByColumn(int first, int end, int target)
    {
        var count = end - first;
        if (keys.Length < count)
            Grow(Math.Max(count, 2 * keys.Length));
        for (var n = 0; n < count; n++)
            keys[n] = ((ulong)(uint)columns[first + n] << 32) | (uint)n;
        keys.AsSpan(0, count).Sort();
        var kept = 0;
        for (var n = 0; n < count; n++)
        {
            var source = first + (int)(uint)keys[n];
            var column = columns[source];
            if (kept > 0 && sortedColumns[kept - 1] == column)
            {
                if (!Supersedes(source, kept - 1))
                    continue;
                kept--;
            }
            sortedColumns[kept] = column;
            if (values is not null)
                sortedValues[kept] = values[source];
            if (times is not null)
                sortedTimes[kept] = times[source];
            kept++;
        }
        Move(sortedColumns.AsSpan(0, kept), sortedValues.AsSpan(0, values is null ? 0 : kept), sortedTimes.AsSpan(0, times is null ? 0 : kept), target);
        return kept;
    }

    // The latest counts, then the more confident; of two alike in both the positive one, so that the order of input never decides.
    private bool Supersedes(int source, int kept)
    {
        var (time, otherTime) = times is null ? (0, 0) : (times[source], sortedTimes[kept]);
        var (confidence, other) = values is null ? (1, 1) : (values[source], sortedValues[kept]);
        return (time, MathF.Abs(confidence), confidence).CompareTo((otherTime, MathF.Abs(other), other)) > 0;
    }

    private void Move(ReadOnlySpan<int> movedColumns, ReadOnlySpan<float> movedValues, ReadOnlySpan<long> movedTimes, int target)
    {
        movedColumns.CopyTo(columns.AsSpan(target));
        movedValues.CopyTo(values.AsSpan(values is null ? 0 : target));
        movedTimes.CopyTo(times.AsSpan(times is null ? 0 : target));
    }

    private void Grow(int length)
    {
        (keys, sortedColumns) = (new ulong[length], new int[length]);
        if (values is not null)
            sortedValues = new float[length];
        if (times is not null)
            sortedTimes = new long[length];
    }

    private static bool IsStrictlyAscending(ReadOnlySpan<int> row)
    {
        for (var n = 1; n < row.Length; n++)
        {
            if (row[n - 1] >= row[n])
                return false;
        }
        return true;
    }
}
