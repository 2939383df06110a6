using Pipeline.Models.Features;

namespace Pipeline.Models.Training.Descent;

/// <summary>
/// Interactions sorted into the blocks of a schedule, rows and columns numbered by their places in the drawn order, so that a block's
/// factors lie side by side. Within a block several rows take turns: a step waits for the one before on the same row, and meanwhile the
/// processor computes the others'.
/// </summary>
internal sealed class InterleavedBlocks
{
    /// <summary>Rows that take turns.</summary>
    private const int Lanes = 4;

    private readonly int groups;
    private readonly Block[] blocks;

    /// <param name="rowGroups">Rows of each group, as drawn.</param>
    /// <param name="columnPlaces">Shape [columns]: place of each column.</param>
    public InterleavedBlocks(
        SparseMatrix matrix, BlockSchedule schedule, int[][] rowGroups, int[][] columnGroups, int[] columnPlaces, int threads, CancellationToken cancellationToken)
    {
        groups = schedule.Groups;
        blocks = new Block[groups * groups];
        var starts = new int[groups];
        for (var group = 1; group < groups; group++)
            starts[group] = starts[group - 1] + rowGroups[group - 1].Length;
        var groupOf = InteractionBlocks.GroupOf(columnGroups, matrix.ColumnCount);
        Workers.Run(threads, groups, () => 0, (_, group) =>
        {
            var sorted = InteractionBlocks.Sort(matrix, rowGroups[group], groupOf, groups);
            for (var target = 0; target < groups; target++)
                blocks[group * groups + target] = Interleave(sorted[target], rowGroups[group], starts[group], columnPlaces);
        }, cancellationToken);
    }

    public Block this[int rowGroup, int columnGroup] => blocks[rowGroup * groups + columnGroup];

    private static Block Interleave(InteractionBlocks.Block sorted, int[] rows, int firstPlace, int[] columnPlaces)
    {
        var block = new Block(new int[sorted.Columns.Length], new int[sorted.Columns.Length], new float[sorted.Columns.Length]);
        Span<int> next = stackalloc int[Lanes], end = stackalloc int[Lanes], place = stackalloc int[Lanes];
        next.Clear();
        end.Clear();
        int run = 0, row = 0, written = 0;
        while (written < block.Rows.Length)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                if (next[lane] == end[lane] && run < sorted.Rows.Length)
                {
                    // Runs are in the order of the rows, of which some have nothing in this block.
                    while (rows[row] != sorted.Rows[run])
                        row++;
                    (next[lane], end[lane], place[lane]) = (sorted.Starts[run], sorted.Starts[run + 1], firstPlace + row);
                    run++;
                }
                if (next[lane] == end[lane])
                    continue;
                block.Rows[written] = place[lane];
                block.Columns[written] = columnPlaces[sorted.Columns[next[lane]]];
                block.Values[written++] = sorted.Values[next[lane]++];
            }
        }
        return block;
    }

    /// <param name="Rows">Shape [entries]: places of rows.</param>
    /// <param name="Columns">Shape [entries]: places of columns.</param>
    /// <param name="Values">Shape [entries].</param>
    internal readonly record struct Block(int[] Rows, int[] Columns, float[] Values);
}
