namespace Pipeline.Models.Features;

/// <summary>
/// Sorts interactions by user, then content, and resolves repeats. They come twice, in pieces of any size: once to be counted, once to
/// be put in place, so that nothing is held beside the result.
/// </summary>
internal sealed class InteractionSorter
{
    private const int PieceLength = 1 << 16;

    private readonly IdIndex users;
    private readonly IdIndex contents;
    private readonly bool confidences;
    private readonly bool times;
    private readonly int[] starts;
    private int[] next = [];
    private int[] columns = [];
    private float[]? values;
    private long[]? at;

    /// <param name="confidences">False where all are 1.</param>
    public InteractionSorter(IdIndex users, IdIndex contents, bool confidences, bool times)
    {
        this.users = users;
        this.contents = contents;
        this.confidences = confidences;
        this.times = times;
        starts = new int[users.Count + 1];
    }

    /// <summary>Sorts columns that are at hand as a whole.</summary>
    public static InteractionMatrix Build(
        IdIndex userIndex,
        IdIndex contentIndex,
        ReadOnlySpan<long> users,
        ReadOnlySpan<long> contents,
        ReadOnlySpan<float> confidences,
        ReadOnlySpan<long> times)
    {
        var rows = userIndex.IndexesOf(users);
        var found = contentIndex.IndexesOf(contents);
        var sorter = new InteractionSorter(userIndex, contentIndex, !confidences.IsEmpty, !times.IsEmpty);
        sorter.Count(rows, found);
        for (var first = 0; first < rows.Length; first += PieceLength)
        {
            var piece = first..Math.Min(first + PieceLength, rows.Length);
            sorter.Place(
                rows.AsSpan(piece), found.AsSpan(piece), confidences.IsEmpty ? [] : confidences[piece], times.IsEmpty ? [] : times[piece]);
        }
        return sorter.Build();
    }

    /// <summary>Counts interactions; those with a negative row or column are left out.</summary>
    public void Count(ReadOnlySpan<int> rows, ReadOnlySpan<int> contentColumns)
    {
        for (var n = 0; n < rows.Length; n++)
        {
            if ((rows[n] | contentColumns[n]) >= 0)
                starts[rows[n] + 1]++;
        }
    }

    /// <summary>Puts interactions in place, after all were counted.</summary>
    public void Place(
        ReadOnlySpan<int> rows, ReadOnlySpan<int> contentColumns, ReadOnlySpan<float> confidence, ReadOnlySpan<long> time)
    {
        if (next.Length == 0)
            Allocate();
        for (var n = 0; n < rows.Length; n++)
        {
            if ((rows[n] | contentColumns[n]) < 0)
                continue;
            var place = next[rows[n]]++;
            columns[place] = contentColumns[n];
            if (values is not null)
                values[place] = confidence[n];
            if (at is not null)
                at[place] = time[n];
        }
    }

    public InteractionMatrix Build()
    {
        if (next.Length == 0)
            Allocate();
        next = [];
        var repeats = new RowSorter(columns, values, at);
        var kept = 0;
        var first = 0;
        for (var row = 0; row < users.Count; row++)
        {
            var end = starts[row + 1];
            kept += repeats.Sort(first, end, kept);
            (first, starts[row + 1]) = (end, kept);
        }
        if (kept < columns.Length)
        {
            Array.Resize(ref columns, kept);
            if (values is not null)
                Array.Resize(ref values, kept);
            if (at is not null)
                Array.Resize(ref at, kept);
        }
        return new InteractionMatrix(users, contents, new SparseMatrix(contents.Count, starts, columns, values), at);
    }

    private void Allocate()
    {
        for (var row = 0; row < users.Count; row++)
            starts[row + 1] += starts[row];
        next = starts.AsSpan().ToArray();
        var count = starts[^1];
        // Not cleared: memory that is not touched yet is not taken yet.
        columns = GC.AllocateUninitializedArray<int>(count);
        values = confidences ? GC.AllocateUninitializedArray<float>(count) : null;
        at = times ? GC.AllocateUninitializedArray<long>(count) : null;
    }
}
