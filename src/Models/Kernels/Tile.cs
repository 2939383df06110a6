using System.Runtime.CompilerServices;

namespace Pipeline.Models.Kernels;

/// <summary>What a tile does with its products, decided at compile time.</summary>
internal interface ISign
{
    /// <summary>True where sums start from zero instead of from what is there.</summary>
    static abstract bool FromZero { get; }

    /// <summary>True where products are taken away.</summary>
    static abstract bool Negative { get; }
}

/// <summary>C += PᵀQ.</summary>
internal readonly struct Plus : ISign
{
    public static bool FromZero => false;

    public static bool Negative => false;
}

/// <summary>C −= PᵀQ.</summary>
internal readonly struct Minus : ISign
{
    public static bool FromZero => false;

    public static bool Negative => true;
}

/// <summary>C = PᵀQ.</summary>
internal readonly struct Assign : ISign
{
    public static bool FromZero => true;

    public static bool Negative => false;
}

/// <summary>
/// The one inner loop under everything: C[r, c] ±= Σ_t P[t, r] · Q[t, c] for a block of C that is held in registers. Each element
/// of C takes its products in the order of t with one rounding each, so the result does not depend on width or block shape.
/// </summary>
internal static unsafe class Tile<TSimd, TVector, TSign>
    where TSimd : ISimd<TVector>
    where TVector : struct
    where TSign : ISign
{
    /// <summary>Rows that every tile has.</summary>
    public const int Rows = 4;

    /// <summary>Registers side by side in the widest tile: with four rows 12 sums, which hide the latency of a multiply-add.</summary>
    public const int MaxVectors = 3;

    /// <summary>Four rows of C by <paramref name="columns"/>, a multiple of the width.</summary>
    /// <param name="c">Shape [4, columns], row stride <paramref name="ldc"/>.</param>
    /// <param name="p">Shape [n, 4], row stride <paramref name="ldp"/>.</param>
    /// <param name="q">Shape [n, columns], row stride <paramref name="ldq"/>.</param>
    public static void FourRows(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n, int columns)
    {
        var width = TSimd.Width;
        var vectors = columns / width;
        // Four left over are two and two, not three and one: a lone register cannot hide the latency.
        for (; vectors is MaxVectors or > 4; vectors -= 3, c += 3 * width, q += 3 * width)
            By3(c, ldc, p, ldp, q, ldq, n);
        for (; vectors >= 2; vectors -= 2, c += 2 * width, q += 2 * width)
            By2(c, ldc, p, ldp, q, ldq, n);
        if (vectors == 1)
            By1(c, ldc, p, ldp, q, ldq, n);
    }

    private static void By3(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n)
    {
        var width = TSimd.Width;
        float* c0 = c, c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
        TVector c00 = Start(c0), c01 = Start(c0 + width), c02 = Start(c0 + 2 * width);
        TVector c10 = Start(c1), c11 = Start(c1 + width), c12 = Start(c1 + 2 * width);
        TVector c20 = Start(c2), c21 = Start(c2 + width), c22 = Start(c2 + 2 * width);
        TVector c30 = Start(c3), c31 = Start(c3 + width), c32 = Start(c3 + 2 * width);
        for (; n > 0; n--, p += ldp, q += ldq)
        {
            TVector q0 = TSimd.Load(q), q1 = TSimd.Load(q + width), q2 = TSimd.Load(q + 2 * width);
            var s = TSimd.Broadcast(p[0]);
            c00 = Sum(s, q0, c00);
            c01 = Sum(s, q1, c01);
            c02 = Sum(s, q2, c02);
            s = TSimd.Broadcast(p[1]);
            c10 = Sum(s, q0, c10);
            c11 = Sum(s, q1, c11);
            c12 = Sum(s, q2, c12);
            s = TSimd.Broadcast(p[2]);
            c20 = Sum(s, q0, c20);
            c21 = Sum(s, q1, c21);
            c22 = Sum(s, q2, c22);
            s = TSimd.Broadcast(p[3]);
            c30 = Sum(s, q0, c30);
            c31 = Sum(s, q1, c31);
            c32 = Sum(s, q2, c32);
        }
        TSimd.Store(c00, c0);
        TSimd.Store(c01, c0 + width);
        TSimd.Store(c02, c0 + 2 * width);
        TSimd.Store(c10, c1);
        TSimd.Store(c11, c1 + width);
        TSimd.Store(c12, c1 + 2 * width);
        TSimd.Store(c20, c2);
        TSimd.Store(c21, c2 + width);
        TSimd.Store(c22, c2 + 2 * width);
        TSimd.Store(c30, c3);
        TSimd.Store(c31, c3 + width);
        TSimd.Store(c32, c3 + 2 * width);
    }

    private static void By2(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n)
    {
        var width = TSimd.Width;
        float* c0 = c, c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
        TVector c00 = Start(c0), c01 = Start(c0 + width);
        TVector c10 = Start(c1), c11 = Start(c1 + width);
        TVector c20 = Start(c2), c21 = Start(c2 + width);
        TVector c30 = Start(c3), c31 = Start(c3 + width);
        for (; n > 0; n--, p += ldp, q += ldq)
        {
            TVector q0 = TSimd.Load(q), q1 = TSimd.Load(q + width);
            var s = TSimd.Broadcast(p[0]);
            c00 = Sum(s, q0, c00);
            c01 = Sum(s, q1, c01);
            s = TSimd.Broadcast(p[1]);
            c10 = Sum(s, q0, c10);
            c11 = Sum(s, q1, c11);
            s = TSimd.Broadcast(p[2]);
            c20 = Sum(s, q0, c20);
            c21 = Sum(s, q1, c21);
            s = TSimd.Broadcast(p[3]);
            c30 = Sum(s, q0, c30);
            c31 = Sum(s, q1, c31);
        }
        TSimd.Store(c00, c0);
        TSimd.Store(c01, c0 + width);
        TSimd.Store(c10, c1);
        TSimd.Store(c11, c1 + width);
        TSimd.Store(c20, c2);
        TSimd.Store(c21, c2 + width);
        TSimd.Store(c30, c3);
        TSimd.Store(c31, c3 + width);
    }

    private static void By1(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n)
    {
        float* c0 = c, c1 = c + ldc, c2 = c1 + ldc, c3 = c2 + ldc;
        TVector c00 = Start(c0), c10 = Start(c1), c20 = Start(c2), c30 = Start(c3);
        for (; n > 0; n--, p += ldp, q += ldq)
        {
            var q0 = TSimd.Load(q);
            c00 = Sum(TSimd.Broadcast(p[0]), q0, c00);
            c10 = Sum(TSimd.Broadcast(p[1]), q0, c10);
            c20 = Sum(TSimd.Broadcast(p[2]), q0, c20);
            c30 = Sum(TSimd.Broadcast(p[3]), q0, c30);
        }
        TSimd.Store(c00, c0);
        TSimd.Store(c10, c1);
        TSimd.Store(c20, c2);
        TSimd.Store(c30, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Start(float* c) => TSign.FromZero ? TSimd.Broadcast(0) : TSimd.Load(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sum(TVector a, TVector b, TVector c) =>
        TSign.Negative ? TSimd.MultiplySubtract(a, b, c) : TSimd.MultiplyAdd(a, b, c);
}
