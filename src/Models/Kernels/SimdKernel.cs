namespace Pipeline.Models.Kernels;

/// <summary>All operations for one width.</summary>
internal sealed unsafe partial class SimdKernel<TSimd, TVector> : Kernel
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public override void AddGram(float* a, float* b, int n, int k, RowsAhead ahead)
    {
        var strips = k / WideTile<TSimd, TVector, Plus>.Rows;
        for (var strip = 0; strip < strips; strip++)
        {
            var row = strip * WideTile<TSimd, TVector, Plus>.Rows;
            var column = FirstColumn(row);
            WideTile<TSimd, TVector, Plus>.EightRows(a + (nint)row * k + column, k, b + row, k, b + column, k, n, k - column);
            ahead.Fetch(strip, strips, k);
        }
    }

    public override void Gather(float* panel, float* table, int* rows, float* weights, int n, int k, float* sum)
    {
        if (weights is null)
            GatherRows<TSimd, TVector>.Equal(panel, table, rows, n, k, sum);
        else
            GatherRows<TSimd, TVector>.Weighted(panel, table, rows, weights, n, k, sum);
    }

    public override float Dot(float* x, float* y, int k)
    {
        var sums = stackalloc float[Alignment];
        for (var lane = 0; lane < Alignment; lane += TSimd.Width)
        {
            var sum = TSimd.Broadcast(0);
            for (var n = lane; n < k; n += Alignment)
                sum = TSimd.MultiplyAdd(TSimd.Load(x + n), TSimd.Load(y + n), sum);
            TSimd.Store(sum, sums + lane);
        }
        return SumPairwise(sums);
    }

    public override void Score(float* c, float* p, int ldp, float* q, int k) =>
        WideTile<TSimd, TVector, Assign>.EightRows(c, PanelColumns, p, ldp, q, PanelColumns, k, PanelColumns);

    public override ulong AtLeast(float* row, float threshold)
    {
        var limit = TSimd.Broadcast(threshold);
        var mask = 0ul;
        for (var column = 0; column < PanelColumns; column += TSimd.Width)
            mask |= (ulong)TSimd.AtLeast(TSimd.Load(row + column), limit) << column;
        return mask;
    }

    /// <summary>The register that holds the diagonal of <paramref name="row"/> starts here.</summary>
    private static int FirstColumn(int row) => row / TSimd.Width * TSimd.Width;
}
