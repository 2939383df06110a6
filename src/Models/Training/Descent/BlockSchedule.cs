namespace Pipeline.Models.Training.Descent;

/// <summary>
/// Cuts rows and columns into groups at random. Blocks (a, b) of one stage have no row and no column in common, so threads may take
/// them in any order and the result is the same; R. Gemulla et al., "Large-Scale Matrix Factorization with Distributed Stochastic
/// Gradient Descent", KDD 2011. The number of groups depends on the data alone, never on the number of threads.
/// </summary>
internal sealed class BlockSchedule
{
    private const int MaxGroups = 16;

    // Smaller groups would leave too little to draw negative titles from.
    private const int MinGroupSize = 8;

    public BlockSchedule(int rows, int columns)
    {
        Groups = Math.Clamp(Math.Min(rows, columns) / MinGroupSize, 1, MaxGroups);
        Rows = rows;
        Columns = columns;
    }

    public int Groups { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Column group of the block that row group <paramref name="rowGroup"/> has in a stage.</summary>
    public int ColumnGroup(int rowGroup, int stage) => (rowGroup + stage) % Groups;

    /// <summary>Members of each group, shuffled.</summary>
    public int[][] Draw(int count, ref SplitMix64 random)
    {
        var shuffled = Enumerable.Range(0, count).ToArray();
        random.Shuffle(shuffled);
        return [.. Enumerable.Range(0, Groups).Select(group =>
            shuffled[(int)((long)count * group / Groups)..(int)((long)count * (group + 1) / Groups)])];
    }

    /// <summary>
    /// Runs all blocks, in the order of the stages. A block waits for the one before it of the same rows and for that of the same columns,
    /// not for the whole stage.
    /// </summary>
    /// <param name="work">Of a row group and a column group.</param>
    public void Run<TState>(int threads, Func<TState> createState, Action<TState, int, int> work, CancellationToken cancellationToken)
    {
        var ended = new bool[Groups * Groups];
        Workers.Run(threads, ended.Length, createState, (state, block) =>
        {
            var (stage, row) = (block / Groups, block % Groups);
            if (stage > 0)
            {
                var before = (stage - 1) * Groups;
                Wait(ended, before + row, cancellationToken);
                Wait(ended, before + ((row + 1) % Groups), cancellationToken);
            }
            try
            {
                work(state, row, ColumnGroup(row, stage));
            }
            finally
            {
                // Of a failure too, which ends the run: nobody may wait for it.
                Volatile.Write(ref ended[block], true);
            }
        }, cancellationToken);
    }

    private static void Wait(bool[] ended, int block, CancellationToken cancellationToken)
    {
        var wait = default(SpinWait);
        while (!Volatile.Read(ref ended[block]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            wait.SpinOnce();
        }
    }
}
