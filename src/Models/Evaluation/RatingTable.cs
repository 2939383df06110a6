using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Rows of a ratings file: 8 bytes each, 4 more where values differ from 1, 8 more where there are times. Ids that are not numbers are
/// numbered; see <see cref="TokenIds"/>.
/// </summary>
public sealed class RatingTable
{
    private readonly IdCodes users;
    private readonly IdCodes items;
    private readonly List<RatingChunk> chunks = [];

    public RatingTable()
        : this(new IdCodes(), new IdCodes())
    {
    }

    internal RatingTable(IdCodes users, IdCodes items)
    {
        this.users = users;
        this.items = items;
    }

    public int Count { get; private set; }

    /// <summary>True where every row has a time.</summary>
    public bool HasTimes { get; private set; } = true;

    /// <summary>Distinct, in order of appearance.</summary>
    public ReadOnlySpan<long> UserIds => users.Ids;

    /// <summary>Distinct, in order of appearance.</summary>
    public ReadOnlySpan<long> ItemIds => items.Ids;

    internal IReadOnlyList<RatingChunk> Chunks => chunks;

    public void Add(long user, long item, float value, long? time)
    {
        if (time is null)
            DropTimes();
        if (chunks.Count == 0 || chunks[^1].Count == RatingChunk.Capacity)
            chunks.Add(new RatingChunk());
        chunks[^1].Add(users.CodeOf(user), items.CodeOf(item), value, HasTimes ? time : null);
        Count++;
    }

    /// <summary>Copies of the columns, a value per row; for tests and small files.</summary>
    public (long[] Users, long[] Items, float[] Values, long[] Times) ToColumns()
    {
        var columns = (Users: new long[Count], Items: new long[Count], Values: new float[Count], Times: new long[HasTimes ? Count : 0]);
        var row = 0;
        foreach (var chunk in chunks)
        {
            for (var n = 0; n < chunk.Count; n++, row++)
            {
                (columns.Users[row], columns.Items[row]) = (users.Ids[chunk.Users[n]], items.Ids[chunk.Items[n]]);
                columns.Values[row] = chunk.HasValues ? chunk.Values[n] : 1;
                if (HasTimes)
                    columns.Times[row] = chunk.Times[n];
            }
        }
        return columns;
    }

    /// <summary>The rows with at least this value.</summary>
    public RatingTable AtLeast(double value)
    {
        var kept = new RatingTable();
        foreach (var chunk in chunks)
        {
            for (var n = 0; n < chunk.Count; n++)
            {
                var given = chunk.HasValues ? chunk.Values[n] : 1;
                if (given >= value)
                    kept.Add(users.Ids[chunk.Users[n]], items.Ids[chunk.Items[n]], given, HasTimes ? chunk.Times[n] : null);
            }
        }
        return kept;
    }

    /// <summary>As <see cref="TakeInteractions(IdIndex, IdIndex, bool, bool)"/>, over the ids of this table and with its times.</summary>
    public InteractionMatrix TakeInteractions(bool confidences = false) =>
        TakeInteractions(IdIndex.Of(UserIds), IdIndex.Of(ItemIds), confidences, times: true);

    /// <summary>
    /// The rows as interactions. The table gives up its memory on the way and is empty afterwards, so that a large file is never held
    /// twice.
    /// </summary>
    /// <param name="userIndex">A row whose user is not in it is left out.</param>
    /// <param name="contentIndex">A row whose item is not in it is left out.</param>
    /// <param name="confidences">Takes values for confidences; otherwise every row counts 1.</param>
    /// <param name="times">Keeps the times, where there are any.</param>
    public InteractionMatrix TakeInteractions(IdIndex userIndex, IdIndex contentIndex, bool confidences, bool times)
    {
        ArgumentNullException.ThrowIfNull(userIndex);
        ArgumentNullException.ThrowIfNull(contentIndex);
        var rows = userIndex.IndexesOf(UserIds);
        var columns = contentIndex.IndexesOf(ItemIds);
        foreach (var chunk in chunks)
        {
            Replace(chunk.Users, rows);
            Replace(chunk.Items, columns);
        }
        var valued = confidences && chunks.Exists(chunk => chunk.HasValues);
        var sorter = new InteractionSorter(userIndex, contentIndex, valued, times && HasTimes);
        foreach (var chunk in chunks)
            sorter.Count(chunk.Users, chunk.Items);
        for (var n = 0; n < chunks.Count; n++)
        {
            using var chunk = chunks[n];
            if (valued && !chunk.HasValues)
                chunk.AllocateValues();
            sorter.Place(chunk.Users, chunk.Items, valued ? chunk.Values : [], times ? chunk.Times : []);
        }
        chunks.Clear();
        Count = 0;
        return sorter.Build();
    }

    internal void Add(RatingChunk chunk)
    {
        chunks.Add(chunk);
        Count += chunk.Count;
    }

    internal void DropTimes()
    {
        if (!HasTimes)
            return;
        HasTimes = false;
        foreach (var chunk in chunks)
            chunk.DropTimes();
    }

    private static void Replace(Span<int> codes, int[] by)
    {
        foreach (ref var code in codes)
            code = by[code];
    }
}
