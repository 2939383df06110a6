namespace Pipeline.Models.Kernels;

/// <summary>
/// What every kernel means, in plain loops: the twin that the fast ones are tested against, bit for bit. A product and its sum round
/// once (fused), and the order of each sum is the order written here.
/// </summary>
internal sealed unsafe class PlainKernel : Kernel
{
    public override void AddGram(float* a, float* b, int n, int k, RowsAhead ahead)
    {
        for (var t = 0; t < n; t++)
        {
            for (var row = 0; row < k; row++)
            {
                for (var column = row; column < k; column++)
                    MultiplyAdd(ref a[row * k + column], b[t * k + row], b[t * k + column]);
            }
        }
    }

    public override void Gather(float* panel, float* table, int* rows, float* weights, int n, int k, float* sum)
    {
        for (var t = 0; t < n; t++)
        {
            for (var column = 0; column < k; column++)
            {
                var value = table[rows[t] * k + column];
                var weight = weights is null ? 1 : weights[t];
                panel[t * k + column] = MathF.Sqrt(MathF.Abs(weight)) * value;
                MultiplyAdd(ref sum[column], MathF.Max(weight, 0), value);
            }
        }
    }

    public override bool Factor(float* a, float* inverseDiagonal, int k, int systems)
    {
        for (var system = 0; system < systems; system++)
        {
            if (!FactorOne(a + system * k * k, inverseDiagonal + system * k, k))
                return false;
        }
        return true;
    }

    public override void Solve(float* u, float* inverseDiagonal, float* x, int k, int systems)
    {
        for (var system = 0; system < systems; system++)
            SolveOne(u + system * k * k, inverseDiagonal + system * k, x + system * k, k);
    }

    public override float Dot(float* x, float* y, int k)
    {
        var sums = stackalloc float[Alignment];
        for (var lane = 0; lane < Alignment; lane++)
        {
            sums[lane] = 0;
            for (var n = lane; n < k; n += Alignment)
                MultiplyAdd(ref sums[lane], x[n], y[n]);
        }
        return SumPairwise(sums);
    }

    public override void Score(float* c, float* p, int ldp, float* q, int k)
    {
        for (var row = 0; row < ScoreRows; row++)
        {
            for (var column = 0; column < PanelColumns; column++)
            {
                var sum = 0f;
                for (var t = 0; t < k; t++)
                    MultiplyAdd(ref sum, p[t * ldp + row], q[t * PanelColumns + column]);
                c[row * PanelColumns + column] = sum;
            }
        }
    }

    public override ulong AtLeast(float* row, float threshold)
    {
        var mask = 0ul;
        for (var column = 0; column < PanelColumns; column++)
        {
            if (row[column] >= threshold)
                mask |= 1ul << column;
        }
        return mask;
    }

    /// <summary>Sum of 16 floats: halves are added until one is left.</summary>
    public static float SumPairwise(float* sums)
    {
        for (var half = Alignment / 2; half > 0; half /= 2)
        {
            for (var lane = 0; lane < half; lane++)
                sums[lane] += sums[lane + half];
        }
        return sums[0];
    }

    private static bool FactorOne(float* a, float* inverseDiagonal, int k)
    {
        for (var j = 0; j < k; j++)
        {
            for (var column = j; column < k; column++)
            {
                for (var above = 0; above < j; above++)
                    MultiplyAdd(ref a[j * k + column], -a[above * k + j], a[above * k + column]);
            }
            if (!(a[j * k + j] > 0))
                return false;
            inverseDiagonal[j] = 1 / MathF.Sqrt(a[j * k + j]);
            for (var column = j; column < k; column++)
                a[j * k + column] *= inverseDiagonal[j];
            for (var column = j / Alignment * Alignment; column < j; column++)
                a[j * k + column] = 0;
        }
        return true;
    }

    private void SolveOne(float* u, float* inverseDiagonal, float* x, int k)
    {
        for (var j = 0; j < k; j++)
        {
            x[j] *= inverseDiagonal[j];
            for (var column = j + 1; column < k; column++)
                MultiplyAdd(ref x[column], -x[j], u[j * k + column]);
        }
        // Backwards by fours: what is solved counts by Dot's partial sums over whole blocks of 16, then the four among themselves.
        var z = stackalloc float[4];
        for (var four = k - 4; four >= 0; four -= 4)
        {
            new Span<float>(x + four, 4).CopyTo(new Span<float>(z, 4));
            new Span<float>(x + four, 4).Clear();
            var block = four / Alignment * Alignment;
            for (var j = four; j < four + 4; j++)
                z[j - four] -= Dot(u + j * k + block, x + block, k - block);
            for (var j = four + 3; j >= four; j--)
            {
                for (var column = four + 3; column > j; column--)
                    MultiplyAdd(ref z[j - four], -u[j * k + column], x[column]);
                x[j] = z[j - four] * inverseDiagonal[j];
            }
        }
    }

    private static void MultiplyAdd(ref float sum, float a, float b) => sum = MathF.FusedMultiplyAdd(a, b, sum);
}
