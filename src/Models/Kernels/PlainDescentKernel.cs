namespace Pipeline.Models.Kernels;

/// <summary>What <see cref="DescentKernel"/> means, in plain loops; also what runs where there are no vectors.</summary>
internal sealed unsafe class PlainDescentKernel : DescentKernel
{
    private const int Line = Kernel.Alignment;

    public override double SquaredSteps(
        float* ptable, float* gp, float* qtable, float* gq, int* prows, int* qrows, float* labels, int n, in DescentShape shape, in DescentRates rates)
    {
        var loss = 0.0;
        for (var t = 0; t < n; t++)
        {
            float* p = ptable + (nint)prows[t] * shape.Padded, q = qtable + (nint)qrows[t] * shape.Padded;
            float* meanp = gp + (nint)prows[t] * 2, meanq = gq + (nint)qrows[t] * 2;
            var error = labels[t] - new PlainKernel().Dot(p, q, shape.Padded);
            loss += (double)error * error;
            Move(p, q, meanp, meanq, 0, Line, shape.First, error, rates);
            if (shape.Rest > 0 && !rates.FirstLineOnly)
                Move(p, q, meanp + 1, meanq + 1, Line, shape.Padded, shape.Rest, error, rates);
        }
        return loss;
    }

    public override void PairStep(float* p, float* a, float* b, int k, float s, float rate, float regularization)
    {
        for (var i = 0; i < k; i++)
        {
            float before = p[i], first = a[i], second = b[i];
            p[i] = Fused(rate, Fused(-regularization, before, s * (first - second)), before);
            a[i] = Fused(rate, Fused(-regularization, first, s * before), first);
            b[i] = Fused(-rate, Fused(regularization, second, s * before), second);
        }
    }

    public override float DifferenceDot(float* p, float* a, float* b, int k)
    {
        var sums = stackalloc float[Line];
        for (var lane = 0; lane < Line; lane++)
        {
            sums[lane] = 0;
            for (var n = lane; n < k; n += Line)
                sums[lane] = Fused(p[n], a[n] - b[n], sums[lane]);
        }
        return PlainKernel.SumPairwise(sums);
    }

    private static void Move(
        float* p, float* q, float* gp, float* gq, int from, int to, int count, float error, in DescentRates rates)
    {
        var ratep = -rates.Rate / MathF.Sqrt(*gp);
        var rateq = -rates.Rate / MathF.Sqrt(*gq);
        var squaresp = stackalloc float[Line];
        var squaresq = stackalloc float[Line];
        new Span<float>(squaresp, Line).Clear();
        new Span<float>(squaresq, Line).Clear();
        for (var i = from; i < to; i++)
        {
            var slopep = Fused(-error, q[i], rates.Regularization * p[i]);
            var slopeq = Fused(-error, p[i], rates.Regularization * q[i]);
            squaresp[i % Line] = Fused(slopep, slopep, squaresp[i % Line]);
            squaresq[i % Line] = Fused(slopeq, slopeq, squaresq[i % Line]);
            p[i] = Fused(ratep, slopep, p[i]);
            q[i] = Fused(rateq, slopeq, q[i]);
            if (!rates.NonNegative)
                continue;
            p[i] = MathF.Max(p[i], 0);
            q[i] = MathF.Max(q[i], 0);
        }
        var share = 1f / count;
        *gp += share * PlainKernel.SumPairwise(squaresp);
        *gq += share * PlainKernel.SumPairwise(squaresq);
    }

    private static float Fused(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);
}
