using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>Exact best titles of models that score a catalogue history by history.</summary>
internal static class ScoredTopK
{
    private const int BlocksPerWorker = 4;

    /// <summary>Lists for every row of <paramref name="histories"/>, in their order; without the history's own and without titles scored −∞.</summary>
    public static IEnumerable<TopKBlock> Run(
        IScoringModel model, SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(compute);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.K, 1);
        if (histories.ColumnCount != model.Contents.Count)
            throw new ArgumentException("The histories are not over the model's catalogue.", nameof(histories));
        var room = Math.Min(options.K, Math.Max(model.Contents.Count, 1));
        return ListBlocks.Run(
            histories,
            room,
            BlocksPerWorker,
            compute,
            () => new Worker(model.CreateScorer(compute with { Threads = 1 }, cancellationToken), model.Contents.Count, options, room),
            (worker, block) => worker.Run(histories, block),
            cancellationToken);
    }

    private sealed class Worker(IScorer scorer, int catalogue, TopKOptions options, int room)
    {
        private readonly float[] scores = new float[catalogue];
        private readonly Candidate[] candidates = new Candidate[Math.Min(catalogue, 2 * room + 64)];

        public void Run(SparseMatrix histories, TopKBlock block)
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                var columns = histories.Columns(block.FirstRow + row);
                scorer.Score(columns, histories.Values(block.FirstRow + row), scores);
                foreach (var column in columns)
                    scores[column] = float.NegativeInfinity;
                if (options.Excluded is { } excluded)
                {
                    foreach (var column in excluded)
                        scores[column] = float.NegativeInfinity;
                }
                block.Set(row, Select());
            }
        }

        private ReadOnlySpan<Candidate> Select()
        {
            var count = 0;
            var threshold = float.NegativeInfinity;
            for (var item = 0; item < scores.Length; item++)
            {
                // Equal scores go to the smaller item, which came first; so only a greater one can still enter.
                if (!(scores[item] > threshold))
                    continue;
                candidates[count++] = new Candidate(scores[item], item);
                if (count < candidates.Length || count <= room)
                    continue;
                Candidate.SelectBest(candidates, room);
                count = room;
                threshold = Least(candidates.AsSpan(0, room));
            }
            var best = candidates.AsSpan(0, count);
            best.Sort();
            return best[..Math.Min(room, count)];
        }

        private static float Least(ReadOnlySpan<Candidate> best)
        {
            var least = best[0];
            foreach (var candidate in best)
            {
                if (candidate.Key < least.Key)
                    least = candidate;
            }
            return least.Score;
        }
    }
}
