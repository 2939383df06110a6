namespace Pipeline.Models.Features;

/// <summary>Distinct ids in ascending order; an id's position is its row or column.</summary>
public sealed class IdIndex
{
    private readonly long[] ids;

    private IdIndex(long[] ids) => this.ids = ids;

    public int Count => ids.Length;

    public long this[int index] => ids[index];

    public ReadOnlySpan<long> Ids => ids;

    /// <summary>Indexes the distinct values of <paramref name="values"/>, in any order and with repeats.</summary>
    public static IdIndex Of(ReadOnlySpan<long> values)
    {
        if (IsStrictlyAscending(values))
            return new IdIndex(values.ToArray());
        var distinct = new HashSet<long>();
        foreach (var value in values)
            distinct.Add(value);
        var sorted = distinct.ToArray();
        Array.Sort(sorted);
        return new IdIndex(sorted);
    }

    /// <returns>The id's position, or −1.</returns>
    public int IndexOf(long id)
    {
        var index = Array.BinarySearch(ids, id);
        return index < 0 ? -1 : index;
    }

    /// <summary>Positions of many ids, −1 where one is not there.</summary>
    public int[] IndexesOf(ReadOnlySpan<long> values)
    {
        var positions = new int[values.Length];
        if (ids.Length == 0)
        {
            Array.Fill(positions, -1);
            return positions;
        }
        // Ids that lie close together, as most sets number theirs, are looked up in a table instead of by bisection.
        var range = (Int128)ids[^1] - ids[0] + 1;
        if (range <= 8L * (ids.Length + values.Length))
        {
            var table = new int[(int)range];
            Array.Fill(table, -1);
            for (var index = 0; index < ids.Length; index++)
                table[(int)(ids[index] - ids[0])] = index;
            for (var n = 0; n < values.Length; n++)
                positions[n] = values[n] < ids[0] || values[n] > ids[^1] ? -1 : table[(int)(values[n] - ids[0])];
        }
        else
        {
            for (var n = 0; n < values.Length; n++)
                positions[n] = IndexOf(values[n]);
        }
        return positions;
    }

    private static bool IsStrictlyAscending(ReadOnlySpan<long> values)
    {
        for (var n = 1; n < values.Length; n++)
        {
            if (values[n - 1] >= values[n])
                return false;
        }
        return true;
    }
}
