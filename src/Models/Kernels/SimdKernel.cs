using System.Runtime.Intrinsics.X86;

namespace Pipeline.Models.Kernels;

/// <summary>All operations for one width.</summary>
internal sealed unsafe class SimdKernel<TSimd, TVector> : Kernel
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Rows ahead that a gather asks the caches for.</summary>
    private const int PrefetchDistance = 8;

    private const int CacheLineFloats = 16;

    public override void AddGram(float* a, float* b, int n, int k)
    {
        for (var row = 0; row < k; row += 4)
        {
            var column = FirstColumn(row);
            Tile<TSimd, TVector, Plus>.FourRows(a + (nint)row * k + column, k, b + row, k, b + column, k, n, k - column);
        }
    }

    public override void Gather(float* panel, float* table, int* rows, float* weights, int n, int k, float* sum)
    {
        for (var t = 0; t < n; t++)
        {
            if (Sse.IsSupported && t + PrefetchDistance < n)
            {
                var ahead = table + (nint)rows[t + PrefetchDistance] * k;
                for (var line = 0; line < k; line += CacheLineFloats)
                    Sse.Prefetch0(ahead + line);
            }
            var source = table + (nint)rows[t] * k;
            var target = panel + (nint)t * k;
            var scale = TSimd.Broadcast(MathF.Sqrt(MathF.Abs(weights[t])));
            var preferred = TSimd.Broadcast(MathF.Max(weights[t], 0));
            for (var column = 0; column < k; column += TSimd.Width)
            {
                var value = TSimd.Load(source + column);
                TSimd.Store(TSimd.Multiply(scale, value), target + column);
                TSimd.Store(TSimd.MultiplyAdd(preferred, value, TSimd.Load(sum + column)), sum + column);
            }
        }
    }

    // Left-looking by strips of four rows: what the rows above take away is one tile over the whole strip, then the strip factors itself.
    public override bool Factor(float* a, float* inverseDiagonal, int k)
    {
        for (var strip = 0; strip < k; strip += 4)
        {
            var column = FirstColumn(strip);
            Tile<TSimd, TVector, Minus>.FourRows(a + (nint)strip * k + column, k, a + strip, k, a + column, k, strip, k - column);
            for (var j = strip; j < strip + 4; j++)
            {
                var row = a + (nint)j * k;
                for (var above = strip; above < j; above++)
                    AddScaled(row, a + (nint)above * k, -a[(nint)above * k + j], column, k);
                // Written so that a pivot which is not a number fails too.
                if (!(row[j] > 0))
                    return false;
                var inverse = 1 / MathF.Sqrt(row[j]);
                inverseDiagonal[j] = inverse;
                var scale = TSimd.Broadcast(inverse);
                for (var c = FirstColumn(j); c < k; c += TSimd.Width)
                    TSimd.Store(TSimd.Multiply(scale, TSimd.Load(row + c)), row + c);
                // Solve works on whole registers, so what shares one with the diagonal must not weigh.
                new Span<float>(row + FirstColumn(j), j - FirstColumn(j)).Clear();
            }
        }
        return true;
    }

    public override void Solve(float* u, float* inverseDiagonal, float* x, int k)
    {
        for (var j = 0; j < k; j++)
        {
            var value = x[j] * inverseDiagonal[j];
            AddScaled(x, u + (nint)j * k, -value, FirstColumn(j), k);
            x[j] = value;
        }
        SolveUpper(u, inverseDiagonal, x, k);
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
        return PlainKernel.SumPairwise(sums);
    }

    public override void Score(float* c, float* p, int ldp, float* q, int k)
    {
        new Span<float>(c, 4 * PanelColumns).Clear();
        Tile<TSimd, TVector, Plus>.FourRows(c, PanelColumns, p, ldp, q, PanelColumns, k, PanelColumns);
    }

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

    private static void AddScaled(float* target, float* source, float scale, int first, int k)
    {
        var factor = TSimd.Broadcast(scale);
        for (var column = first; column < k; column += TSimd.Width)
            TSimd.Store(TSimd.MultiplyAdd(factor, TSimd.Load(source + column), TSimd.Load(target + column)), target + column);
    }

    private void SolveUpper(float* u, float* inverseDiagonal, float* x, int k)
    {
        for (var block = k - Alignment; block >= 0; block -= Alignment)
        {
            var solved = block + Alignment;
            for (var j = block; j < solved; j++)
                x[j] -= Dot(u + (nint)j * k + solved, x + solved, k - solved);
            for (var j = solved - 1; j >= block; j--)
            {
                var sum = x[j];
                for (var c = j + 1; c < solved; c++)
                    sum = MathF.FusedMultiplyAdd(-u[(nint)j * k + c], x[c], sum);
                x[j] = sum * inverseDiagonal[j];
            }
        }
    }
}
