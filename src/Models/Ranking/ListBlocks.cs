using System.Collections.Concurrent;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>Cuts rows into blocks, has workers fill them, and hands them out in order, some at a time.</summary>
internal static class ListBlocks
{
    /// <param name="room">Length of a list.</param>
    /// <param name="blocksPerWorker">Blocks that are computed before they are handed out, per worker.</param>
    /// <param name="createWorker">Called once per worker; a worker fills one block at a time.</param>
    public static IEnumerable<TopKBlock> Run<TWorker>(
        SparseMatrix histories,
        int room,
        int blocksPerWorker,
        ComputeOptions compute,
        Func<TWorker> createWorker,
        Action<TWorker, TopKBlock> fill,
        CancellationToken cancellationToken)
    {
        var idle = new ConcurrentBag<TWorker>();
        var blocks = new TopKBlock[compute.Threads * blocksPerWorker];
        for (var first = 0; first < histories.RowCount;)
        {
            var count = 0;
            for (; count < blocks.Length && first < histories.RowCount; count++)
            {
                var rows = Math.Min(TopKWorker.BlockRows, histories.RowCount - first);
                blocks[count] = new TopKBlock(first, rows, room);
                first += rows;
            }
            Workers.Run(
                compute.Threads,
                count,
                () => idle.TryTake(out var worker) ? worker : createWorker(),
                (worker, n) => fill(worker, blocks[n]),
                idle.Add,
                cancellationToken);
            for (var n = 0; n < count; n++)
                yield return blocks[n];
        }
    }
}
