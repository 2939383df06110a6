using System.Runtime.CompilerServices;

namespace Pipeline.Models.Kernels;

/// <summary>Steps for one width.</summary>
internal sealed unsafe class SimdDescentKernel<TSimd, TVector> : DescentKernel
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int Line = Kernel.Alignment;

    public override double SquaredSteps(
        float* p, float* gp, float* table, float* gtable, int* rows, float* labels, int n, in DescentShape shape, in DescentRates rates)
    {
        var loss = 0.0;
        var padded = shape.Padded;
        var others = shape.Rest > 0 && !rates.FirstLineOnly;
        for (var t = 0; t < n; t++)
        {
            var q = table + (nint)rows[t] * padded;
            var gq = gtable + (nint)rows[t] * 2;
            var error = labels[t] - Dot(p, q, padded);
            loss += (double)error * error;
            Move(p, q, gp, gq, 0, Line, shape.First, error, rates);
            if (others)
                Move(p, q, gp + 1, gq + 1, Line, padded, shape.Rest, error, rates);
        }
        return loss;
    }

    public override void PairStep(float* p, float* a, float* b, int k, float s, float rate, float regularization)
    {
        TVector step = TSimd.Broadcast(s), minusOne = TSimd.Broadcast(-1), forward = TSimd.Broadcast(rate), back = TSimd.Broadcast(-rate);
        TVector shrink = TSimd.Broadcast(-regularization), grow = TSimd.Broadcast(regularization);
        for (var i = 0; i < k; i += TSimd.Width)
        {
            TVector before = TSimd.Load(p + i), first = TSimd.Load(a + i), second = TSimd.Load(b + i);
            var pull = TSimd.Multiply(step, before);
            var difference = TSimd.MultiplyAdd(minusOne, second, first);
            TSimd.Store(TSimd.MultiplyAdd(forward, TSimd.MultiplyAdd(shrink, before, TSimd.Multiply(step, difference)), before), p + i);
            TSimd.Store(TSimd.MultiplyAdd(forward, TSimd.MultiplyAdd(shrink, first, pull), first), a + i);
            TSimd.Store(TSimd.MultiplyAdd(back, TSimd.MultiplyAdd(grow, second, pull), second), b + i);
        }
    }

    public override float DifferenceDot(float* p, float* a, float* b, int k)
    {
        var sums = stackalloc float[Line];
        var minusOne = TSimd.Broadcast(-1);
        for (var lane = 0; lane < Line; lane += TSimd.Width)
        {
            var sum = TSimd.Broadcast(0);
            for (var n = lane; n < k; n += Line)
                sum = TSimd.MultiplyAdd(TSimd.Load(p + n), TSimd.MultiplyAdd(minusOne, TSimd.Load(b + n), TSimd.Load(a + n)), sum);
            TSimd.Store(sum, sums + lane);
        }
        return Sum(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(float* p, float* q, int k)
    {
        if (TSimd.Width == Line)
        {
            var sum = TSimd.Broadcast(0);
            for (var n = 0; n < k; n += Line)
                sum = TSimd.MultiplyAdd(TSimd.Load(p + n), TSimd.Load(q + n), sum);
            return Lanes.Sum(sum);
        }
        var sums = stackalloc float[Line];
        for (var lane = 0; lane < Line; lane += TSimd.Width)
        {
            var sum = TSimd.Broadcast(0);
            for (var n = lane; n < k; n += Line)
                sum = TSimd.MultiplyAdd(TSimd.Load(p + n), TSimd.Load(q + n), sum);
            TSimd.Store(sum, sums + lane);
        }
        return Sum(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(
        float* p, float* q, float* gp, float* gq, int from, int to, int count, float error, in DescentRates rates)
    {
        TVector ratep = TSimd.Broadcast(-rates.Rate / MathF.Sqrt(*gp)), rateq = TSimd.Broadcast(-rates.Rate / MathF.Sqrt(*gq));
        TVector slope = TSimd.Broadcast(-error), shrink = TSimd.Broadcast(rates.Regularization);
        if (TSimd.Width == Line)
        {
            TVector squaresp = TSimd.Broadcast(0), squaresq = TSimd.Broadcast(0);
            for (var i = from; i < to; i += Line)
                MoveRegister(p + i, q + i, ratep, rateq, slope, shrink, ref squaresp, ref squaresq);
            *gp += Lanes.Sum(squaresp) / count;
            *gq += Lanes.Sum(squaresq) / count;
        }
        else
        {
            MoveLanes(p, q, gp, gq, from, to, count, ratep, rateq, slope, shrink);
        }
        if (rates.NonNegative)
        {
            for (var i = from; i < to; i++)
                (p[i], q[i]) = (MathF.Max(p[i], 0), MathF.Max(q[i], 0));
        }
    }

    private static void MoveLanes(
        float* p, float* q, float* gp, float* gq, int from, int to, int count, TVector ratep, TVector rateq, TVector slope, TVector shrink)
    {
        var sumsp = stackalloc float[Line];
        var sumsq = stackalloc float[Line];
        for (var lane = 0; lane < Line; lane += TSimd.Width)
        {
            TVector squaresp = TSimd.Broadcast(0), squaresq = TSimd.Broadcast(0);
            for (var i = from + lane; i < to; i += Line)
                MoveRegister(p + i, q + i, ratep, rateq, slope, shrink, ref squaresp, ref squaresq);
            TSimd.Store(squaresp, sumsp + lane);
            TSimd.Store(squaresq, sumsq + lane);
        }
        *gp += Sum(sumsp) / count;
        *gq += Sum(sumsq) / count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MoveRegister(
        float* p, float* q, TVector ratep, TVector rateq, TVector slope, TVector shrink, ref TVector squaresp, ref TVector squaresq)
    {
        TVector x = TSimd.Load(p), y = TSimd.Load(q);
        var slopep = TSimd.MultiplyAdd(slope, y, TSimd.Multiply(shrink, x));
        var slopeq = TSimd.MultiplyAdd(slope, x, TSimd.Multiply(shrink, y));
        squaresp = TSimd.MultiplyAdd(slopep, slopep, squaresp);
        squaresq = TSimd.MultiplyAdd(slopeq, slopeq, squaresq);
        TSimd.Store(TSimd.MultiplyAdd(ratep, slopep, x), p);
        TSimd.Store(TSimd.MultiplyAdd(rateq, slopeq, y), q);
    }

    private static float Sum(float* sums) => PlainKernel.SumPairwise(sums);
}
