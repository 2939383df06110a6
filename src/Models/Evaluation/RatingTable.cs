using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Rows of a ratings file: 8 bytes each, 4 more where values differ from 1, 8 more where there are times. Ids that are not numbers are
/// numbered; see <see cref="TokenIds"/>.
/// </summary>
public sealed class RatingTable
{
    private readonly IdCodes users;
    private readonly IdCodes items;
    private readonly int chunkRows;
    private readonly List<RatingChunk> chunks = [];

    public RatingTable()
        : this(new IdCodes(), new IdCodes())
    {
    }

    /// <param name="chunkRows">Rows that are allocated at a time; a multiple of <see cref="RatingFile.PieceRows"/>.</param>
    internal RatingTable(IdCodes users, IdCodes items, int chunkRows = RatingChunk.Most)
    {
        this.users = users;
        this.items = items;
        this.chunkRows = chunkRows;
    }

    public int Count { get; private set; }

    /// <summary>True where every row has a time.</summary>
    public bool HasTimes { get; private set; } = true;

    /// <summary>Distinct, in order of appearance.</summary>
    public ReadOnlySpan<long> UserIds => users.Ids;

    /// <summary>Distinct, in order of appearance.</summary>
    public ReadOnlySpan<long> ItemIds => items.Ids;

    internal IReadOnlyList<RatingChunk> Chunks => chunks;

    public void Add(long user, long item, float value, long? time) =>
        Append([user], [item], [value], time is { } at ? [at] : []);

    /// <summary>Appends rows, a column each.</summary>
    /// <param name="rowTimes">Empty where there are none.</param>
    internal void Append(ReadOnlySpan<long> rowUsers, ReadOnlySpan<long> rowItems, ReadOnlySpan<float> values, ReadOnlySpan<long> rowTimes)
    {
        if (rowTimes.IsEmpty && !rowUsers.IsEmpty)
            DropTimes();
        for (var first = 0; first < rowUsers.Length;)
        {
            var chunk = ChunkWithRoom();
            var start = chunk.Count;
            var piece = first..Math.Min(rowUsers.Length, first + chunk.Capacity - start);
            Extend(chunk, piece.End.Value - first, values: values[piece].ContainsAnyExcept(1f), times: HasTimes);
            users.CodesOf(rowUsers[piece], chunk.Users[start..]);
            items.CodesOf(rowItems[piece], chunk.Items[start..]);
            if (chunk.HasValues)
                values[piece].CopyTo(chunk.Values[start..]);
            if (HasTimes)
                rowTimes[piece].CopyTo(chunk.Times[start..]);
            first = piece.End.Value;
        }
    }

    /// <summary>The last chunk, or a new one where that is full.</summary>
    internal RatingChunk ChunkWithRoom()
    {
        if (chunks.Count == 0 || chunks[^1].Count == chunks[^1].Capacity)
            chunks.Add(new RatingChunk(chunkRows));
        return chunks[^1];
    }

    /// <summary>Makes a chunk of this table longer by rows that are to be filled in.</summary>
    internal void Extend(RatingChunk chunk, int count, bool values, bool times)
    {
        if (values && !chunk.HasValues)
            chunk.AddValues();
        if (times)
            chunk.AddTimes();
        chunk.Count += count;
        Count += count;
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
        Workers.Run(Environment.ProcessorCount, chunks.Count, () => 0, (_, n) =>
        {
            Replace(chunks[n].Users, rows);
            Replace(chunks[n].Items, columns);
        }, CancellationToken.None);
        var valued = confidences && chunks.Exists(chunk => chunk.HasValues);
        var lanes = Math.Clamp(chunks.Count, 1, Environment.ProcessorCount);
        var sorter = new InteractionSorter(userIndex, contentIndex, valued, times && HasTimes, lanes);
        InLanes((lane, chunk) => sorter.Count(lane, chunk.Users, chunk.Items));
        sorter.EndCount();
        InLanes((lane, chunk) =>
        {
            if (valued && !chunk.HasValues)
                chunk.AddValues();
            sorter.Place(lane, chunk.Users, chunk.Items, valued ? chunk.Values : [], times ? chunk.Times : []);
            chunk.Dispose();
        });
        chunks.Clear();
        Count = 0;
        return sorter.Build();

        void InLanes(Action<int, RatingChunk> visit) => Workers.Run(lanes, lanes, () => 0, (_, lane) =>
        {
            for (var n = lane * chunks.Count / lanes; n < (lane + 1) * chunks.Count / lanes; n++)
                visit(lane, chunks[n]);
        }, CancellationToken.None);
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
        // Ids that appeared in ascending order, as members mostly do, are where they belong.
        if (IsIdentity(by))
            return;
        foreach (ref var code in codes)
            code = by[code];
    }

    private static bool IsIdentity(int[] map)
    {
        for (var n = 0; n < map.Length; n++)
        {
            if (map[n] != n)
                return false;
        }
        return true;
    }
}
