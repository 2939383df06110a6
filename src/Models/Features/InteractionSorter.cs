namespace Pipeline.Models.Features;

/// <summary>
/// Sorts interactions by user, then content, with two stable counting sorts, and resolves repeats. Linear in the number of
/// interactions; no comparison sort touches them.
/// </summary>
internal static class InteractionSorter
{
    public static InteractionMatrix Build(
        IdIndex userIndex,
        IdIndex contentIndex,
        ReadOnlySpan<long> users,
        ReadOnlySpan<long> contents,
        ReadOnlySpan<float> confidences,
        ReadOnlySpan<long> times)
    {
        var rows = userIndex.IndexesOf(users);
        var columns = contentIndex.IndexesOf(contents);
        var order = CountingOrder(rows, CountingOrder(columns, null, contentIndex.Count), userIndex.Count);

        var starts = new int[userIndex.Count + 1];
        var keptColumns = new int[order.Length];
        var keptValues = new float[order.Length];
        var keptTimes = times.IsEmpty ? null : new long[order.Length];
        var kept = 0;
        var lastRow = -1;
        foreach (var source in order)
        {
            var row = rows[source];
            var column = columns[source];
            if (column < 0)
                continue;
            var confidence = confidences.IsEmpty ? 1f : confidences[source];
            var time = times.IsEmpty ? 0 : times[source];
            if (kept > 0 && lastRow == row && keptColumns[kept - 1] == column)
            {
                if (Supersedes(time, confidence, keptTimes?[kept - 1] ?? 0, keptValues[kept - 1]))
                    kept--;
                else
                    continue;
            }
            else
            {
                starts[row + 1]++;
            }
            lastRow = row;
            keptColumns[kept] = column;
            keptValues[kept] = confidence;
            if (keptTimes is not null)
                keptTimes[kept] = time;
            kept++;
        }
        for (var row = 0; row < userIndex.Count; row++)
            starts[row + 1] += starts[row];
        Array.Resize(ref keptColumns, kept);
        Array.Resize(ref keptValues, kept);
        if (keptTimes is not null)
            Array.Resize(ref keptTimes, kept);
        return new InteractionMatrix(
            userIndex, contentIndex, new SparseMatrix(contentIndex.Count, starts, keptColumns, keptValues), keptTimes);
    }

    // Of two with the same time and magnitude the positive one stands, so that the order of input never decides.
    private static bool Supersedes(long time, float confidence, long otherTime, float otherConfidence) =>
        (time, MathF.Abs(confidence), confidence).CompareTo((otherTime, MathF.Abs(otherConfidence), otherConfidence)) > 0;

    /// <summary>Positions in ascending order of their key, equal keys in the order given; positions with a negative key are left out.</summary>
    private static int[] CountingOrder(int[] keys, int[]? order, int keyCount)
    {
        var next = new int[keyCount + 1];
        var total = 0;
        for (var n = 0; n < (order?.Length ?? keys.Length); n++)
        {
            var key = keys[order?[n] ?? n];
            if (key < 0)
                continue;
            next[key + 1]++;
            total++;
        }
        for (var key = 0; key < keyCount; key++)
            next[key + 1] += next[key];
        var sorted = new int[total];
        for (var n = 0; n < (order?.Length ?? keys.Length); n++)
        {
            var position = order?[n] ?? n;
            if (keys[position] >= 0)
                sorted[next[keys[position]]++] = position;
        }
        return sorted;
    }
}
