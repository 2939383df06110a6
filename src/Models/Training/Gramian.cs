using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <summary>QᵀQ, in pieces that the data fixes, so that their sum is the same on any number of threads.</summary>
internal static unsafe class Gramian
{
    private const int Pieces = 32;

    /// <returns>Shape [stride, stride], upper triangle.</returns>
    public static FactorMatrix Of(FactorMatrix table, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var kernel = Kernel.For(compute.VectorWidth);
        var rows = RowKernel.For(compute.VectorWidth);
        var stride = table.Stride;
        var sums = new FactorMatrix[Pieces];
        Workers.Run(compute.Threads, Pieces, () => 0, (_, piece) =>
        {
            var first = (int)((long)table.Rows * piece / Pieces);
            var end = (int)((long)table.Rows * (piece + 1) / Pieces);
            sums[piece] = new FactorMatrix(stride, stride);
            for (var panel = AlsWorkspace.PanelRowsFor(stride); first < end; first += panel)
                kernel.AddGram(sums[piece].Pointer, table.Pointer + (nint)first * stride, Math.Min(panel, end - first), stride);
        }, cancellationToken);
        for (var piece = 1; piece < Pieces; piece++)
        {
            for (var row = 0; row < stride; row++)
                rows.AddScaled(sums[0].PaddedRow(row), sums[piece].PaddedRow(row), 1);
        }
        GC.KeepAlive(table);
        return sums[0];
    }

    /// <returns>Σ of the rows, shape [1, d].</returns>
    public static FactorMatrix Sum(FactorMatrix table, VectorWidth width)
    {
        var kernel = RowKernel.For(width);
        var sum = new FactorMatrix(1, table.Rank);
        for (var row = 0; row < table.Rows; row++)
            kernel.AddScaled(sum.PaddedRow(0), table.PaddedRow(row), 1);
        return sum;
    }
}
