namespace Pipeline.Models.Features;

/// <summary>
/// Sorts interactions by user, then content, and resolves repeats. They come twice, in pieces of any size: once to be counted, once to
/// be put in place, so that nothing is held beside the result. Lanes take pieces side by side; the result is that of one lane after the
/// other.
/// </summary>
internal sealed class InteractionSorter
{
    private const int PieceLength = 1 << 16;

    private readonly IdIndex users;
    private readonly IdIndex contents;
    private readonly bool confidences;
    private readonly bool times;
    private readonly int[] starts;

    // By lane: how many of each row come, and then where the next of them goes.
    private readonly int[][] rowsOfLane;
    private int[] columns = [];
    private float[]? values;
    private long[]? at;

    /// <param name="confidences">False where all are 1.</param>
    public InteractionSorter(IdIndex users, IdIndex contents, bool confidences, bool times, int lanes = 1)
    {
        this.users = users;
        this.contents = contents;
        this.confidences = confidences;
        this.times = times;
        starts = new int[users.Count + 1];
        rowsOfLane = [.. Enumerable.Range(0, lanes).Select(_ => new int[users.Count])];
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
        sorter.Count(0, rows, found);
        sorter.EndCount();
        for (var first = 0; first < rows.Length; first += PieceLength)
        {
            var piece = first..Math.Min(first + PieceLength, rows.Length);
            sorter.Place(
                0, rows.AsSpan(piece), found.AsSpan(piece), confidences.IsEmpty ? [] : confidences[piece], times.IsEmpty ? [] : times[piece]);
        }
        return sorter.Build();
    }

    /// <summary>Counts interactions; those with a negative row or column are left out.</summary>
    public void Count(int lane, ReadOnlySpan<int> rows, ReadOnlySpan<int> contentColumns)
    {
        var counts = rowsOfLane[lane];
        for (var n = 0; n < rows.Length; n++)
        {
            if ((rows[n] | contentColumns[n]) >= 0)
                counts[rows[n]]++;
        }
    }

    /// <summary>After all were counted, and before the first is put in place.</summary>
    public void EndCount()
    {
        var place = 0;
        for (var row = 0; row < users.Count; row++)
        {
            foreach (var lane in rowsOfLane)
                (lane[row], place) = (place, place + lane[row]);
            starts[row + 1] = place;
        }
        // Not cleared: memory that is not touched yet is not taken yet.
        columns = GC.AllocateUninitializedArray<int>(place);
        values = confidences ? GC.AllocateUninitializedArray<float>(place) : null;
        at = times ? GC.AllocateUninitializedArray<long>(place) : null;
    }

    /// <summary>Puts interactions in place: those that the lane counted.</summary>
    public void Place(
        int lane, ReadOnlySpan<int> rows, ReadOnlySpan<int> contentColumns, ReadOnlySpan<float> confidence, ReadOnlySpan<long> time)
    {
        var next = rowsOfLane[lane];
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
}
