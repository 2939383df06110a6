using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Models.Kernels;

/// <summary>
/// Cholesky by strips of eight rows, left-looking: what the rows above take away is one tile over the whole strip. Within it four rows
/// go at a time, whose 4 × 4 block on the diagonal is scalar work. The phases go round all systems, so that the processor has the next
/// system's square roots to begin while it waits for those of the one before.
/// </summary>
internal sealed unsafe partial class SimdKernel<TSimd, TVector>
{
    /// <summary>Rows whose diagonal block is factored at once.</summary>
    private const int BlockRows = 4;

    /// <summary>Systems of which the diagonal blocks are kept at once.</summary>
    private const int MaxSystems = 16;

    public override bool Factor(float* a, float* inverseDiagonal, int k, int systems)
    {
        for (; systems > MaxSystems; systems -= MaxSystems, a += (nint)MaxSystems * k * k, inverseDiagonal += MaxSystems * k)
        {
            if (!Factor(a, inverseDiagonal, k, MaxSystems))
                return false;
        }
        for (var strip = 0; strip < k; strip += WideTile<TSimd, TVector, Minus>.Rows)
        {
            var column = FirstColumn(strip);
            for (var system = 0; system < systems; system++)
            {
                var matrix = a + (nint)system * k * k;
                WideTile<TSimd, TVector, Minus>.EightRows(
                    matrix + (nint)strip * k + column, k, matrix + strip, k, matrix + column, k, strip, k - column);
            }
            if (!FactorBlocks(a, inverseDiagonal, strip, k, systems))
                return false;
            column = FirstColumn(strip + BlockRows);
            for (var system = 0; system < systems; system++)
            {
                var matrix = a + (nint)system * k * k;
                var above = matrix + (nint)strip * k;
                Tile<TSimd, TVector, Minus>.FourRows(
                    above + (nint)BlockRows * k + column, k, above + strip + BlockRows, k, above + column, k, BlockRows, k - column);
            }
            if (!FactorBlocks(a, inverseDiagonal, strip + BlockRows, k, systems))
                return false;
        }
        return true;
    }

    private static bool FactorBlocks(float* a, float* inverseDiagonal, int row, int k, int systems)
    {
        var blocks = stackalloc DiagonalBlock[MaxSystems];
        var definite = true;
        for (var system = 0; system < systems; system++)
            definite &= blocks[system].Factor(a + (nint)system * k * k + (nint)row * k + row, inverseDiagonal + system * k + row, k);
        if (!definite)
            return false;
        for (var system = 0; system < systems; system++)
        {
            var rows = a + (nint)system * k * k + (nint)row * k;
            blocks[system].Store(rows + row, k);
            ClearLeft(rows, row, k);
            var column = row + BlockRows;
            for (; column % TSimd.Width != 0; column += Simd128.Width)
                blocks[system].Divide<Simd128, Vector128<float>>(rows + column, k);
            for (; column < k; column += TSimd.Width)
                blocks[system].Divide<TSimd, TVector>(rows + column, k);
        }
        return true;
    }

    // Solve takes whole blocks of 16 columns, so what stands left of the diagonal there must not weigh.
    private static void ClearLeft(float* rows, int row, int k)
    {
        for (var column = row / Alignment * Alignment; column < row; column += Simd128.Width)
        {
            for (var n = 0; n < BlockRows; n++)
                Vector128<float>.Zero.Store(rows + (nint)n * k + column);
        }
    }
}

/// <summary>U of a 4 × 4 block on the diagonal, and what the rest of its rows is divided by.</summary>
internal unsafe struct DiagonalBlock
{
    private float u01, u02, u03, u12, u13, u23;
    private float d0, d1, d2, d3;
    private float i0, i1, i2, i3;

    /// <returns>False where a pivot is not above zero.</returns>
    public bool Factor(float* a, float* inverse, int k)
    {
        float* r1 = a + k, r2 = r1 + k, r3 = r2 + k;
        d0 = a[0];
        i0 = 1 / MathF.Sqrt(d0);
        (u01, u02, u03) = (a[1] * i0, a[2] * i0, a[3] * i0);
        d1 = Less(r1[1], u01, u01);
        i1 = 1 / MathF.Sqrt(d1);
        (u12, u13) = (Less(r1[2], u01, u02) * i1, Less(r1[3], u01, u03) * i1);
        d2 = Less(Less(r2[2], u02, u02), u12, u12);
        i2 = 1 / MathF.Sqrt(d2);
        u23 = Less(Less(r2[3], u02, u03), u12, u13) * i2;
        d3 = Less(Less(Less(r3[3], u03, u03), u13, u13), u23, u23);
        i3 = 1 / MathF.Sqrt(d3);
        (inverse[0], inverse[1], inverse[2], inverse[3]) = (i0, i1, i2, i3);
        // Written so that a pivot which is not a number fails too.
        return d0 > 0 & d1 > 0 & d2 > 0 & d3 > 0;
    }

    public readonly void Store(float* a, int k)
    {
        Vector128.Create(d0 * i0, u01, u02, u03).Store(a);
        Vector128.Create(0, d1 * i1, u12, u13).Store(a + k);
        Vector128.Create(0, 0, d2 * i2, u23).Store(a + 2 * k);
        Vector128.Create(0, 0, 0, d3 * i3).Store(a + 3 * k);
    }

    /// <summary>Solves for one register of columns right of the block, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Divide<TSimd, TVector>(float* a, int k)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        float* a1 = a + k, a2 = a1 + k, a3 = a2 + k;
        var r0 = TSimd.Multiply(TSimd.Load(a), TSimd.Broadcast(i0));
        TSimd.Store(r0, a);
        var r1 = TSimd.MultiplySubtract(TSimd.Broadcast(u01), r0, TSimd.Load(a1));
        r1 = TSimd.Multiply(r1, TSimd.Broadcast(i1));
        TSimd.Store(r1, a1);
        var r2 = TSimd.MultiplySubtract(TSimd.Broadcast(u02), r0, TSimd.Load(a2));
        r2 = TSimd.MultiplySubtract(TSimd.Broadcast(u12), r1, r2);
        r2 = TSimd.Multiply(r2, TSimd.Broadcast(i2));
        TSimd.Store(r2, a2);
        var r3 = TSimd.MultiplySubtract(TSimd.Broadcast(u03), r0, TSimd.Load(a3));
        r3 = TSimd.MultiplySubtract(TSimd.Broadcast(u13), r1, r3);
        r3 = TSimd.MultiplySubtract(TSimd.Broadcast(u23), r2, r3);
        TSimd.Store(TSimd.Multiply(r3, TSimd.Broadcast(i3)), a3);
    }

    private static float Less(float from, float a, float b) => MathF.FusedMultiplyAdd(-a, b, from);
}
