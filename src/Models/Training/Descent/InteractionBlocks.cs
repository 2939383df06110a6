using Pipeline.Models.Features;

namespace Pipeline.Models.Training.Descent;

/// <summary>Interactions sorted into the blocks of a schedule; within a block by row, in the order that rows were drawn.</summary>
internal sealed class InteractionBlocks
{
    private readonly int groups;
    private readonly Block[] blocks;

    public InteractionBlocks(SparseMatrix matrix, BlockSchedule schedule, int[][] rowGroups, int[][] columnGroups, int threads, CancellationToken cancellationToken)
    {
        groups = schedule.Groups;
        blocks = new Block[groups * groups];
        var groupOf = GroupOf(columnGroups, matrix.ColumnCount);
        Workers.Run(
            threads, groups, () => 0, (_, group) => Sort(matrix, rowGroups[group], groupOf, groups).CopyTo(blocks, group * groups), cancellationToken);
    }

    public Block this[int rowGroup, int columnGroup] => blocks[rowGroup * groups + columnGroup];

    /// <returns>The group of each column.</returns>
    internal static byte[] GroupOf(int[][] columnGroups, int columns)
    {
        var groupOf = new byte[columns];
        for (var group = 0; group < columnGroups.Length; group++)
        {
            foreach (var column in columnGroups[group])
                groupOf[column] = (byte)group;
        }
        return groupOf;
    }

    /// <returns>The blocks of these rows, one of each group of columns.</returns>
    internal static Block[] Sort(SparseMatrix matrix, int[] rows, byte[] groupOf, int groups)
    {
        var counts = new int[groups];
        var runs = new int[groups];
        var last = new int[groups];
        Array.Fill(last, -1);
        foreach (var row in rows)
        {
            foreach (var column in matrix.Columns(row))
            {
                var target = groupOf[column];
                counts[target]++;
                if (last[target] != row)
                    runs[target]++;
                last[target] = row;
            }
        }
        var own = new Block[groups];
        for (var n = 0; n < groups; n++)
            own[n] = new Block(new int[runs[n]], new int[runs[n] + 1], new int[counts[n]], new float[counts[n]]);
        Array.Clear(counts);
        Array.Clear(runs);
        Array.Fill(last, -1);
        foreach (var row in rows)
        {
            var columns = matrix.Columns(row);
            var values = matrix.Values(row);
            for (var n = 0; n < columns.Length; n++)
            {
                var target = groupOf[columns[n]];
                if (last[target] != row)
                    own[target].Rows[runs[target]++] = row;
                last[target] = row;
                own[target].Columns[counts[target]] = columns[n];
                own[target].Values[counts[target]++] = values[n];
                own[target].Starts[runs[target]] = counts[target];
            }
        }
        return own;
    }

    /// <param name="Rows">Shape [runs].</param>
    /// <param name="Starts">Shape [runs + 1]: run r holds entries Starts[r] up to, not including, Starts[r + 1].</param>
    /// <param name="Columns">Shape [entries].</param>
    /// <param name="Values">Shape [entries].</param>
    internal readonly record struct Block(int[] Rows, int[] Starts, int[] Columns, float[] Values);
}
