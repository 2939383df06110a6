using System.Runtime.CompilerServices;

namespace Pipeline.Models.Kernels;

/// <summary>
/// <see cref="Tile{TSimd, TVector, TSign}"/> with eight rows: up to 24 sums, for processors whose registers of this width number 32, and
/// the shape of one register side by side for all, since four sums alone cannot hide the latency of a multiply-add.
/// </summary>
internal static unsafe class WideTile<TSimd, TVector, TSign>
    where TSimd : ISimd<TVector>
    where TVector : struct
    where TSign : ISign
{
    public const int Rows = 8;

    /// <summary>Eight rows of C by <paramref name="columns"/>, a multiple of the width.</summary>
    /// <param name="c">Shape [8, columns], row stride <paramref name="ldc"/>.</param>
    /// <param name="p">Shape [n, 8], row stride <paramref name="ldp"/>.</param>
    /// <param name="q">Shape [n, columns], row stride <paramref name="ldq"/>.</param>
    public static void EightRows(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n, int columns)
    {
        var width = TSimd.Width;
        var vectors = columns / width;
        if (!TSimd.HasManyRegisters && vectors > 1)
        {
            Tile<TSimd, TVector, TSign>.FourRows(c, ldc, p, ldp, q, ldq, n, columns);
            Tile<TSimd, TVector, TSign>.FourRows(c + 4 * ldc, ldc, p + 4, ldp, q, ldq, n, columns);
            return;
        }
        for (; vectors is 3 or > 4; vectors -= 3, c += 3 * width, q += 3 * width)
            By3(c, ldc, p, ldp, q, ldq, n);
        for (; vectors >= 2; vectors -= 2, c += 2 * width, q += 2 * width)
            By2(c, ldc, p, ldp, q, ldq, n);
        if (vectors == 1)
            By1(c, ldc, p, ldp, q, ldq, n);
    }

    private static void By3(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n)
    {
        var width = TSimd.Width;
        float* c0 = c, c1 = c0 + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc, c6 = c5 + ldc, c7 = c6 + ldc;
        TVector c00 = Start(c0), c01 = Start(c0 + width), c02 = Start(c0 + 2 * width);
        TVector c10 = Start(c1), c11 = Start(c1 + width), c12 = Start(c1 + 2 * width);
        TVector c20 = Start(c2), c21 = Start(c2 + width), c22 = Start(c2 + 2 * width);
        TVector c30 = Start(c3), c31 = Start(c3 + width), c32 = Start(c3 + 2 * width);
        TVector c40 = Start(c4), c41 = Start(c4 + width), c42 = Start(c4 + 2 * width);
        TVector c50 = Start(c5), c51 = Start(c5 + width), c52 = Start(c5 + 2 * width);
        TVector c60 = Start(c6), c61 = Start(c6 + width), c62 = Start(c6 + 2 * width);
        TVector c70 = Start(c7), c71 = Start(c7 + width), c72 = Start(c7 + 2 * width);
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
            s = TSimd.Broadcast(p[4]);
            c40 = Sum(s, q0, c40);
            c41 = Sum(s, q1, c41);
            c42 = Sum(s, q2, c42);
            s = TSimd.Broadcast(p[5]);
            c50 = Sum(s, q0, c50);
            c51 = Sum(s, q1, c51);
            c52 = Sum(s, q2, c52);
            s = TSimd.Broadcast(p[6]);
            c60 = Sum(s, q0, c60);
            c61 = Sum(s, q1, c61);
            c62 = Sum(s, q2, c62);
            s = TSimd.Broadcast(p[7]);
            c70 = Sum(s, q0, c70);
            c71 = Sum(s, q1, c71);
            c72 = Sum(s, q2, c72);
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
        TSimd.Store(c40, c4);
        TSimd.Store(c41, c4 + width);
        TSimd.Store(c42, c4 + 2 * width);
        TSimd.Store(c50, c5);
        TSimd.Store(c51, c5 + width);
        TSimd.Store(c52, c5 + 2 * width);
        TSimd.Store(c60, c6);
        TSimd.Store(c61, c6 + width);
        TSimd.Store(c62, c6 + 2 * width);
        TSimd.Store(c70, c7);
        TSimd.Store(c71, c7 + width);
        TSimd.Store(c72, c7 + 2 * width);
    }

    private static void By2(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n)
    {
        var width = TSimd.Width;
        float* c0 = c, c1 = c0 + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc, c6 = c5 + ldc, c7 = c6 + ldc;
        TVector c00 = Start(c0), c01 = Start(c0 + width);
        TVector c10 = Start(c1), c11 = Start(c1 + width);
        TVector c20 = Start(c2), c21 = Start(c2 + width);
        TVector c30 = Start(c3), c31 = Start(c3 + width);
        TVector c40 = Start(c4), c41 = Start(c4 + width);
        TVector c50 = Start(c5), c51 = Start(c5 + width);
        TVector c60 = Start(c6), c61 = Start(c6 + width);
        TVector c70 = Start(c7), c71 = Start(c7 + width);
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
            s = TSimd.Broadcast(p[4]);
            c40 = Sum(s, q0, c40);
            c41 = Sum(s, q1, c41);
            s = TSimd.Broadcast(p[5]);
            c50 = Sum(s, q0, c50);
            c51 = Sum(s, q1, c51);
            s = TSimd.Broadcast(p[6]);
            c60 = Sum(s, q0, c60);
            c61 = Sum(s, q1, c61);
            s = TSimd.Broadcast(p[7]);
            c70 = Sum(s, q0, c70);
            c71 = Sum(s, q1, c71);
        }
        TSimd.Store(c00, c0);
        TSimd.Store(c01, c0 + width);
        TSimd.Store(c10, c1);
        TSimd.Store(c11, c1 + width);
        TSimd.Store(c20, c2);
        TSimd.Store(c21, c2 + width);
        TSimd.Store(c30, c3);
        TSimd.Store(c31, c3 + width);
        TSimd.Store(c40, c4);
        TSimd.Store(c41, c4 + width);
        TSimd.Store(c50, c5);
        TSimd.Store(c51, c5 + width);
        TSimd.Store(c60, c6);
        TSimd.Store(c61, c6 + width);
        TSimd.Store(c70, c7);
        TSimd.Store(c71, c7 + width);
    }

    private static void By1(float* c, nint ldc, float* p, nint ldp, float* q, nint ldq, int n)
    {
        float* c0 = c, c1 = c0 + ldc, c2 = c1 + ldc, c3 = c2 + ldc, c4 = c3 + ldc, c5 = c4 + ldc, c6 = c5 + ldc, c7 = c6 + ldc;
        TVector c00 = Start(c0);
        TVector c10 = Start(c1);
        TVector c20 = Start(c2);
        TVector c30 = Start(c3);
        TVector c40 = Start(c4);
        TVector c50 = Start(c5);
        TVector c60 = Start(c6);
        TVector c70 = Start(c7);
        for (; n > 0; n--, p += ldp, q += ldq)
        {
            TVector q0 = TSimd.Load(q);
            c00 = Sum(TSimd.Broadcast(p[0]), q0, c00);
            c10 = Sum(TSimd.Broadcast(p[1]), q0, c10);
            c20 = Sum(TSimd.Broadcast(p[2]), q0, c20);
            c30 = Sum(TSimd.Broadcast(p[3]), q0, c30);
            c40 = Sum(TSimd.Broadcast(p[4]), q0, c40);
            c50 = Sum(TSimd.Broadcast(p[5]), q0, c50);
            c60 = Sum(TSimd.Broadcast(p[6]), q0, c60);
            c70 = Sum(TSimd.Broadcast(p[7]), q0, c70);
        }
        TSimd.Store(c00, c0);
        TSimd.Store(c10, c1);
        TSimd.Store(c20, c2);
        TSimd.Store(c30, c3);
        TSimd.Store(c40, c4);
        TSimd.Store(c50, c5);
        TSimd.Store(c60, c6);
        TSimd.Store(c70, c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Start(float* c) => Tile<TSimd, TVector, TSign>.Start(c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(TVector a, TVector b, TVector c) => Tile<TSimd, TVector, TSign>.Sum(a, b, c);
}
