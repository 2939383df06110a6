using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>
/// Exact top-K for up to 64 rows at a time. Scores of a panel stay in the nearest cache, and only those that reach a row's threshold,
/// its K-th best so far, are looked at one by one.
/// </summary>
internal sealed unsafe class TopKWorker
{
    public const int BlockRows = 64;

    private const int TileRows = Kernel.ScoreRows;

    // Above the rounding of a float32 dot product of any depth used here, so that no score exceeds its bound.
    private const float BoundMargin = 1.001f;

    private readonly PackedItems items;
    private readonly Kernel kernel;
    private readonly int k;
    private readonly FactorMatrix rows;
    private readonly FactorMatrix scores = new(TileRows, Kernel.PanelColumns);
    private readonly Candidate[][] candidates = new Candidate[BlockRows][];
    private readonly int[] counts = new int[BlockRows];
    private readonly float[] thresholds = new float[BlockRows];
    private readonly float[] norms = new float[BlockRows];
    private readonly ulong[] seen;
    private readonly int seenWords;

    public TopKWorker(PackedItems items, Kernel kernel, int k)
    {
        this.items = items;
        this.kernel = kernel;
        this.k = k;
        rows = new FactorMatrix(items.Depth, BlockRows);
        seenWords = (items.Count + 63) / 64;
        seen = new ulong[seenWords * BlockRows];
        for (var row = 0; row < BlockRows; row++)
            candidates[row] = new Candidate[2 * k + 2 * Kernel.PanelColumns];
    }

    /// <param name="factors">Shape [rows of the block, d].</param>
    /// <param name="histories">What each row of the block already has, by absolute row.</param>
    public void Run(FactorMatrix factors, SparseMatrix histories, TopKBlock block)
    {
        Begin(factors, histories, block);
        for (var panel = 0; panel < items.PanelCount; panel++)
        {
            var open = false;
            for (var row = 0; row < block.RowCount; row += TileRows)
            {
                if (!CanImprove(row, Math.Min(row + TileRows, block.RowCount), items.PanelNorm(panel)))
                    continue;
                open = true;
                kernel.Score(scores.Pointer, rows.Pointer + row, BlockRows, items.Panel(panel), items.Depth);
                for (var n = row; n < Math.Min(row + TileRows, block.RowCount); n++)
                    Collect(n, panel, scores.Pointer + (n - row) * Kernel.PanelColumns);
            }
            if (!open)
                break;
        }
        Finish(histories, block);
    }

    private void Begin(FactorMatrix factors, SparseMatrix histories, TopKBlock block)
    {
        for (var row = 0; row < block.RowCount; row++)
        {
            var factor = factors[row];
            for (var dimension = 0; dimension < factor.Length; dimension++)
                rows.PaddedRow(dimension)[row] = factor[dimension];
            norms[row] = (float)PackedItems.Norm(factor) * BoundMargin;
            counts[row] = 0;
            thresholds[row] = float.NegativeInfinity;
            foreach (var item in histories.Columns(block.FirstRow + row))
                Mark(row, item);
        }
    }

    private void Mark(int row, int item)
    {
        var position = items.Positions[item];
        if (position >= 0)
            seen[row * seenWords + (position >> 6)] |= 1ul << position;
    }

    // Cauchy–Schwarz: no item from this panel on scores above ‖x‖ times the panel's norm.
    private bool CanImprove(int row, int end, float panelNorm)
    {
        for (; row < end; row++)
        {
            if (norms[row] * panelNorm >= thresholds[row])
                return true;
        }
        return false;
    }

    private void Collect(int row, int panel, float* panelScores)
    {
        var start = panel * Kernel.PanelColumns;
        var mask = kernel.AtLeast(panelScores, thresholds[row]);
        if (items.Count - start < Kernel.PanelColumns)
            mask &= (1ul << (items.Count - start)) - 1;
        var list = candidates[row];
        var marks = seen.AsSpan(row * seenWords, seenWords);
        for (; mask != 0; mask &= mask - 1)
        {
            var column = System.Numerics.BitOperations.TrailingZeroCount(mask);
            var position = start + column;
            if ((marks[position >> 6] >> position & 1) == 0)
                list[counts[row]++] = new Candidate(panelScores[column], items.Order[position]);
        }
        // The first threshold as soon as there is one; later ones when the next panel might not fit.
        var first = float.IsNegativeInfinity(thresholds[row]) && counts[row] >= k + Kernel.PanelColumns / 2;
        if (first || counts[row] > list.Length - Kernel.PanelColumns)
            Shrink(row);
    }

    private void Shrink(int row)
    {
        var list = candidates[row].AsSpan(0, counts[row]);
        Candidate.SelectBest(list, k);
        counts[row] = Math.Min(k, counts[row]);
        thresholds[row] = list[k - 1].Score;
    }

    private void Finish(SparseMatrix histories, TopKBlock block)
    {
        for (var row = 0; row < block.RowCount; row++)
        {
            if (counts[row] > k)
                Shrink(row);
            var best = candidates[row].AsSpan(0, counts[row]);
            best.Sort();
            block.Set(row, best);
            foreach (var item in histories.Columns(block.FirstRow + row))
            {
                var position = items.Positions[item];
                if (position >= 0)
                    seen[row * seenWords + (position >> 6)] = 0;
            }
        }
    }
}
