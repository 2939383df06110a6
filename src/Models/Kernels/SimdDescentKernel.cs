using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Models.Kernels;

/// <summary>Steps for one width of at least four floats.</summary>
internal sealed unsafe class SimdDescentKernel<TSimd, TVector> : DescentKernel
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int Line = Kernel.Alignment;

    /// <summary>Steps from the request for a row to its use.</summary>
    private const int Ahead = 6;

    public override double SquaredSteps(
        float* ptable, float* gp, float* qtable, float* gq, int* prows, int* qrows, float* labels, int n, in DescentShape shape, in DescentRates rates)
    {
        var loss = 0.0;
        var padded = shape.Padded;
        var pace = new Pace(shape, rates);
        for (var t = 0; t < n; t++)
        {
            Fetch(qtable, qrows, t + Ahead, n, padded);
            float* p = ptable + (nint)prows[t] * padded, q = qtable + (nint)qrows[t] * padded;
            double* meanp = (double*)gp + prows[t], meanq = (double*)gq + qrows[t];
            var error = labels[t] - Dot(p, q, padded);
            loss += (double)error * error;
            // A step that shares no row with this one does not wait for it, so the processor has both under way at once.
            if (t + 1 < n && prows[t + 1] != prows[t] && qrows[t + 1] != qrows[t])
            {
                t++;
                Fetch(qtable, qrows, t + Ahead, n, padded);
                float* nextp = ptable + (nint)prows[t] * padded, nextq = qtable + (nint)qrows[t] * padded;
                var nextError = labels[t] - Dot(nextp, nextq, padded);
                loss += (double)nextError * nextError;
                Step(p, q, meanp, meanq, error, pace);
                Step(nextp, nextq, (double*)gp + prows[t], (double*)gq + qrows[t], nextError, pace);
            }
            else
            {
                Step(p, q, meanp, meanq, error, pace);
            }
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
        return PlainKernel.SumPairwise(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(float* p, float* q, int k)
    {
        TVector a = TSimd.Broadcast(0), b = a, c = a, d = a;
        for (var n = 0; n < k; n += Line)
        {
            a = TSimd.MultiplyAdd(TSimd.Load(p + n), TSimd.Load(q + n), a);
            if (TSimd.Width <= Line / 2)
                b = TSimd.MultiplyAdd(TSimd.Load(p + n + TSimd.Width), TSimd.Load(q + n + TSimd.Width), b);
            if (TSimd.Width <= Line / 4)
            {
                c = TSimd.MultiplyAdd(TSimd.Load(p + n + (2 * TSimd.Width)), TSimd.Load(q + n + (2 * TSimd.Width)), c);
                d = TSimd.MultiplyAdd(TSimd.Load(p + n + (3 * TSimd.Width)), TSimd.Load(q + n + (3 * TSimd.Width)), d);
            }
        }
        return Lanes.Sum(Halved(a, b, c, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* table, int* rows, int t, int n, int k)
    {
        if (t < n)
            RowsAhead.FetchNext(table + (nint)rows[t] * k, k);
    }

    /// <summary>Not inlined: by itself it fits into 16 registers.</summary>
    /// <param name="meanp">Two floats, which travel as one double: every processor moves that whole.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Step(float* p, float* q, double* meanp, double* meanq, float error, in Pace pace)
    {
        // Four square roots, quotients and sums go through one register.
        var steps = pace.Rate / Vector128.Sqrt(Vector128.Create(*meanp, *meanq).AsSingle());
        Move(p, q, 0, Line, steps.GetElement(0), steps.GetElement(2), error, pace.Regularization, out var firstp, out var firstq);
        TVector restp = TSimd.Broadcast(0), restq = restp;
        if (pace.End > Line)
            Move(p, q, Line, pace.End, steps.GetElement(1), steps.GetElement(3), error, pace.Regularization, out restp, out restq);
        // Read again rather than kept in a register.
        var means = Vector128.Create(*meanp, *meanq).AsSingle() + (pace.Shares * Lanes.Sums(firstp, restp, firstq, restq));
        *meanp = means.AsDouble().ToScalar();
        *meanq = means.AsDouble().GetElement(1);
        if (pace.NonNegative)
        {
            Raise(p, pace.End);
            Raise(q, pace.End);
        }
    }

    /// <summary>Moves lines of p and q along their gradients.</summary>
    /// <param name="squaresp">Squares of p's gradient, of which <see cref="Lanes"/> makes the sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move(
        float* p, float* q, int from, int to, float ratep, float rateq, float error, float regularization, out TVector squaresp, out TVector squaresq)
    {
        TVector stepp = TSimd.Broadcast(ratep), stepq = TSimd.Broadcast(rateq), slope = TSimd.Broadcast(-error), shrink = TSimd.Broadcast(regularization);
        TVector p0 = TSimd.Broadcast(0), p1 = p0, p2 = p0, p3 = p0, q0 = p0, q1 = p0, q2 = p0, q3 = p0;
        for (var i = from; i < to; i += Line)
        {
            MoveRegister(p + i, q + i, stepp, stepq, slope, shrink, ref p0, ref q0);
            if (TSimd.Width <= Line / 2)
                MoveRegister(p + i + TSimd.Width, q + i + TSimd.Width, stepp, stepq, slope, shrink, ref p1, ref q1);
            if (TSimd.Width <= Line / 4)
            {
                MoveRegister(p + i + (2 * TSimd.Width), q + i + (2 * TSimd.Width), stepp, stepq, slope, shrink, ref p2, ref q2);
                MoveRegister(p + i + (3 * TSimd.Width), q + i + (3 * TSimd.Width), stepp, stepq, slope, shrink, ref p3, ref q3);
            }
        }
        squaresp = Halved(p0, p1, p2, p3);
        squaresq = Halved(q0, q1, q2, q3);
    }

    /// <summary>A line's sums in one register: halves of the line are added until it fits. The branches are decided at compile time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Halved(TVector a, TVector b, TVector c, TVector d) =>
        TSimd.Width == Line ? a : TSimd.Width == Line / 2 ? TSimd.Add(a, b) : TSimd.Add(TSimd.Add(a, c), TSimd.Add(b, d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MoveRegister(
        float* p, float* q, TVector stepp, TVector stepq, TVector slope, TVector shrink, ref TVector squaresp, ref TVector squaresq)
    {
        TVector x = TSimd.Load(p), y = TSimd.Load(q);
        var slopep = TSimd.MultiplyAdd(slope, y, TSimd.Multiply(shrink, x));
        var slopeq = TSimd.MultiplyAdd(slope, x, TSimd.Multiply(shrink, y));
        squaresp = TSimd.MultiplyAdd(slopep, slopep, squaresp);
        squaresq = TSimd.MultiplyAdd(slopeq, slopeq, squaresq);
        TSimd.Store(TSimd.MultiplyAdd(stepp, slopep, x), p);
        TSimd.Store(TSimd.MultiplyAdd(stepq, slopeq, y), q);
    }

    private static void Raise(float* row, int k)
    {
        for (var i = 0; i < k; i++)
            row[i] = MathF.Max(row[i], 0);
    }

    /// <summary>What all steps have in common.</summary>
    private readonly struct Pace
    {
        public Pace(in DescentShape shape, in DescentRates rates)
        {
            var others = shape.Rest > 0 && !rates.FirstLineOnly;
            float first = 1f / shape.First, rest = others ? 1f / shape.Rest : 0;
            Rate = Vector128.Create(-rates.Rate);
            Shares = Vector128.Create(first, rest, first, rest);
            End = others ? shape.Padded : Line;
            Regularization = rates.Regularization;
            NonNegative = rates.NonNegative;
        }

        public Vector128<float> Rate { get; }

        /// <summary>Of one float in a group's mean, for each of the two groups of both rows.</summary>
        public Vector128<float> Shares { get; }

        /// <summary>Floats of a row that move.</summary>
        public int End { get; }

        public float Regularization { get; }

        public bool NonNegative { get; }
    }
}
