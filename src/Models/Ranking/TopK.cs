using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>Exact maximum inner product search for many rows.</summary>
internal static class TopK
{
    /// <summary>Blocks that one worker computes before they are handed out.</summary>
    private const int BlocksPerWorker = 16;

    /// <summary>Writes the factors of rows first … first + count − 1 of the histories into rows 0 … count − 1 of the target.</summary>
    public delegate void FactorSource(int first, int count, FactorMatrix target);

    /// <summary>Lists for every row of <paramref name="histories"/>, in their order.</summary>
    /// <param name="createSource">Called once per worker.</param>
    public static IEnumerable<TopKBlock> Run(
        PackedItems items,
        Func<FactorSource> createSource,
        SparseMatrix histories,
        int k,
        ComputeOptions compute,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var kernel = Kernel.For(compute.VectorWidth);
        var room = Math.Min(k, Math.Max(items.Count, 1));
        return ListBlocks.Run(
            histories,
            room,
            BlocksPerWorker,
            compute,
            () => new Worker(new TopKWorker(items, kernel, room), createSource(), items.Depth),
            (worker, block) => worker.Run(histories, block),
            cancellationToken);
    }

    private sealed class Worker(TopKWorker search, FactorSource source, int depth)
    {
        private readonly FactorMatrix factors = new(TopKWorker.BlockRows, depth);

        public void Run(SparseMatrix histories, TopKBlock block)
        {
            source(block.FirstRow, block.RowCount, factors);
            search.Run(factors, histories, block);
        }
    }
}
