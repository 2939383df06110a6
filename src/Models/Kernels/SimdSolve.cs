using System.Runtime.Intrinsics;

namespace Pipeline.Models.Kernels;

/// <summary>Substitution, four unknowns at a time and one step of all systems after another, so that their waits overlap.</summary>
internal sealed unsafe partial class SimdKernel<TSimd, TVector>
{
    public override void Solve(float* u, float* inverseDiagonal, float* x, int k, int systems)
    {
        for (var row = 0; row < k; row += BlockRows)
        {
            for (var system = 0; system < systems; system++)
                SolveDown(u + (nint)system * k * k + (nint)row * k, inverseDiagonal + system * k + row, x + system * k, row, k);
        }
        for (var row = k - BlockRows; row >= 0; row -= BlockRows)
        {
            for (var system = 0; system < systems; system++)
                SolveUp(u + (nint)system * k * k + (nint)row * k, inverseDiagonal + system * k + row, x + system * k, row, k);
        }
    }

    /// <summary>Uᵀ z = b for four unknowns, which are then taken away from the rest of b.</summary>
    private static void SolveDown(float* rows, float* inverse, float* x, int row, int k)
    {
        float* u0 = rows, u1 = u0 + k, u2 = u1 + k, u3 = u2 + k;
        var x0 = x[row] * inverse[0];
        var x1 = Less(x[row + 1], x0, u0[row + 1]) * inverse[1];
        var x2 = Less(Less(x[row + 2], x0, u0[row + 2]), x1, u1[row + 2]) * inverse[2];
        var x3 = Less(Less(Less(x[row + 3], x0, u0[row + 3]), x1, u1[row + 3]), x2, u2[row + 3]) * inverse[3];
        (x[row], x[row + 1], x[row + 2], x[row + 3]) = (x0, x1, x2, x3);
        var column = row + BlockRows;
        for (; column % TSimd.Width != 0; column += Simd128.Width)
            TakeAway<Simd128, Vector128<float>>(x + column, u0 + column, k, x0, x1, x2, x3);
        for (; column < k; column += TSimd.Width)
            TakeAway<TSimd, TVector>(x + column, u0 + column, k, x0, x1, x2, x3);
    }

    /// <summary>U x = z for four unknowns; those after them are solved.</summary>
    private static void SolveUp(float* rows, float* inverse, float* x, int row, int k)
    {
        float z0 = x[row], z1 = x[row + 1], z2 = x[row + 2], z3 = x[row + 3];
        // Not solved yet, so they weigh nothing in the sums; what stands before them in the block meets zeros of U.
        Vector128<float>.Zero.Store(x + row);
        var sums = stackalloc float[BlockRows * Alignment];
        var block = row / Alignment * Alignment;
        for (var lane = 0; lane < Alignment; lane += TSimd.Width)
        {
            TVector s0 = TSimd.Broadcast(0), s1 = s0, s2 = s0, s3 = s0;
            for (var column = block + lane; column < k; column += Alignment)
            {
                var value = TSimd.Load(x + column);
                s0 = TSimd.MultiplyAdd(TSimd.Load(rows + column), value, s0);
                s1 = TSimd.MultiplyAdd(TSimd.Load(rows + k + column), value, s1);
                s2 = TSimd.MultiplyAdd(TSimd.Load(rows + 2 * k + column), value, s2);
                s3 = TSimd.MultiplyAdd(TSimd.Load(rows + 3 * k + column), value, s3);
            }
            TSimd.Store(s0, sums + lane);
            TSimd.Store(s1, sums + Alignment + lane);
            TSimd.Store(s2, sums + 2 * Alignment + lane);
            TSimd.Store(s3, sums + 3 * Alignment + lane);
        }
        var u = rows + row;
        var x3 = (z3 - SumPairwise(sums + 3 * Alignment)) * inverse[3];
        var x2 = Less(z2 - SumPairwise(sums + 2 * Alignment), x3, u[2 * k + 3]) * inverse[2];
        var x1 = Less(Less(z1 - SumPairwise(sums + Alignment), x3, u[k + 3]), x2, u[k + 2]) * inverse[1];
        var x0 = Less(Less(Less(z0 - SumPairwise(sums), x3, u[3]), x2, u[2]), x1, u[1]) * inverse[0];
        Vector128.Create(x0, x1, x2, x3).Store(x + row);
    }

    private static void TakeAway<TS, TV>(float* x, float* u, int k, float x0, float x1, float x2, float x3)
        where TS : ISimd<TV>
        where TV : struct
    {
        var value = TS.MultiplySubtract(TS.Broadcast(x0), TS.Load(u), TS.Load(x));
        value = TS.MultiplySubtract(TS.Broadcast(x1), TS.Load(u + k), value);
        value = TS.MultiplySubtract(TS.Broadcast(x2), TS.Load(u + 2 * k), value);
        TS.Store(TS.MultiplySubtract(TS.Broadcast(x3), TS.Load(u + 3 * k), value), x);
    }

    /// <summary><see cref="PlainKernel.SumPairwise"/>, side by side.</summary>
    private static float SumPairwise(float* sums)
    {
        var upper = Vector128.Load(sums) + Vector128.Load(sums + 8);
        var lower = Vector128.Load(sums + 4) + Vector128.Load(sums + 12);
        var four = upper + lower;
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    private static float Less(float from, float a, float b) => MathF.FusedMultiplyAdd(-a, b, from);
}
