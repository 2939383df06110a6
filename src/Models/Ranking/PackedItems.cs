using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>
/// Item factors packed for scoring: ordered by descending norm, in panels of 48 with the factor's dimension outermost. Large norms
/// come first because they raise a list's threshold early, and because ‖x‖‖y‖ bounds every score that is still to come.
/// </summary>
internal sealed unsafe class PackedItems
{
    private readonly FactorMatrix panels;
    private readonly int[] order;
    private readonly int[] positions;
    private readonly float[] panelNorms;

    public PackedItems(FactorMatrix factors, IReadOnlySet<int>? excluded)
    {
        Depth = factors.Rank;
        var norms = new double[factors.Rows];
        for (var item = 0; item < factors.Rows; item++)
            norms[item] = Norm(factors[item]);
        order = Enumerable.Range(0, factors.Rows)
            .Where(item => excluded is null || !excluded.Contains(item))
            .OrderByDescending(item => norms[item])
            .ToArray();
        positions = new int[factors.Rows];
        Array.Fill(positions, -1);
        for (var position = 0; position < order.Length; position++)
            positions[order[position]] = position;

        PanelCount = (order.Length + Kernel.PanelColumns - 1) / Kernel.PanelColumns;
        panels = new FactorMatrix(Math.Max(PanelCount, 1) * Depth, Kernel.PanelColumns);
        panelNorms = new float[PanelCount];
        for (var position = 0; position < order.Length; position++)
        {
            var (panel, column) = Math.DivRem(position, Kernel.PanelColumns);
            if (column == 0)
                panelNorms[panel] = (float)norms[order[position]];
            var factor = factors[order[position]];
            for (var dimension = 0; dimension < Depth; dimension++)
                panels.PaddedRow(panel * Depth + dimension)[column] = factor[dimension];
        }
    }

    /// <summary>Length of a factor.</summary>
    public int Depth { get; }

    public int Count => order.Length;

    public int PanelCount { get; }

    /// <summary>Item at a packed position.</summary>
    public ReadOnlySpan<int> Order => order;

    /// <summary>Packed position of an item; −1 where it is excluded.</summary>
    public ReadOnlySpan<int> Positions => positions;

    /// <summary>Shape [depth, 48]; columns past <see cref="Count"/> are zero.</summary>
    public float* Panel(int panel) => panels.Pointer + (nint)panel * Depth * Kernel.PanelColumns;

    /// <summary>Largest norm in this panel and all after it.</summary>
    public float PanelNorm(int panel) => panelNorms[panel];

    public static double Norm(ReadOnlySpan<float> factor)
    {
        var sum = 0.0;
        foreach (var value in factor)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
