namespace Pipeline.Models.Kernels;

/// <summary>Copies of a table's rows beside their sum, which stays in registers: a sum in memory would wait for itself at every row.</summary>
internal static unsafe class GatherRows<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    /// <summary>Registers that are gathered at once.</summary>
    private const int Vectors = 4;

    /// <summary>Weights that are prepared at once.</summary>
    private const int Chunk = 128;

    public static void Equal(float* panel, float* table, int* rows, int n, int k, float* sum)
    {
        var width = TSimd.Width;
        var column = 0;
        for (; column + Vectors * width <= k; column += Vectors * width)
        {
            TVector s0 = TSimd.Load(sum + column), s1 = TSimd.Load(sum + column + width);
            TVector s2 = TSimd.Load(sum + column + 2 * width), s3 = TSimd.Load(sum + column + 3 * width);
            var target = panel + column;
            for (var t = 0; t < n; t++, target += k)
            {
                var source = table + (nint)rows[t] * k + column;
                TVector v0 = TSimd.Load(source), v1 = TSimd.Load(source + width);
                TVector v2 = TSimd.Load(source + 2 * width), v3 = TSimd.Load(source + 3 * width);
                TSimd.Store(v0, target);
                TSimd.Store(v1, target + width);
                TSimd.Store(v2, target + 2 * width);
                TSimd.Store(v3, target + 3 * width);
                s0 = TSimd.Add(s0, v0);
                s1 = TSimd.Add(s1, v1);
                s2 = TSimd.Add(s2, v2);
                s3 = TSimd.Add(s3, v3);
            }
            TSimd.Store(s0, sum + column);
            TSimd.Store(s1, sum + column + width);
            TSimd.Store(s2, sum + column + 2 * width);
            TSimd.Store(s3, sum + column + 3 * width);
        }
        for (; column < k; column += width)
        {
            var s = TSimd.Load(sum + column);
            for (var t = 0; t < n; t++)
            {
                var v = TSimd.Load(table + (nint)rows[t] * k + column);
                TSimd.Store(v, panel + (nint)t * k + column);
                s = TSimd.Add(s, v);
            }
            TSimd.Store(s, sum + column);
        }
    }

    public static void Weighted(float* panel, float* table, int* rows, float* weights, int n, int k, float* sum)
    {
        float* scales = stackalloc float[Chunk], preferred = stackalloc float[Chunk];
        for (var first = 0; first < n; first += Chunk)
        {
            var count = Math.Min(Chunk, n - first);
            for (var t = 0; t < count; t++)
            {
                scales[t] = MathF.Sqrt(MathF.Abs(weights[first + t]));
                preferred[t] = MathF.Max(weights[first + t], 0);
            }
            Scaled(panel + (nint)first * k, table, rows + first, scales, preferred, count, k, sum);
        }
    }

    private static void Scaled(float* panel, float* table, int* rows, float* scales, float* preferred, int n, int k, float* sum)
    {
        var width = TSimd.Width;
        var column = 0;
        for (; column + 2 * width <= k; column += 2 * width)
        {
            TVector s0 = TSimd.Load(sum + column), s1 = TSimd.Load(sum + column + width);
            for (var t = 0; t < n; t++)
            {
                var source = table + (nint)rows[t] * k + column;
                TVector v0 = TSimd.Load(source), v1 = TSimd.Load(source + width);
                TVector scale = TSimd.Broadcast(scales[t]), weight = TSimd.Broadcast(preferred[t]);
                TSimd.Store(TSimd.Multiply(scale, v0), panel + (nint)t * k + column);
                TSimd.Store(TSimd.Multiply(scale, v1), panel + (nint)t * k + column + width);
                s0 = TSimd.MultiplyAdd(weight, v0, s0);
                s1 = TSimd.MultiplyAdd(weight, v1, s1);
            }
            TSimd.Store(s0, sum + column);
            TSimd.Store(s1, sum + column + width);
        }
        if (column == k)
            return;
        var last = TSimd.Load(sum + column);
        for (var t = 0; t < n; t++)
        {
            var v = TSimd.Load(table + (nint)rows[t] * k + column);
            TSimd.Store(TSimd.Multiply(TSimd.Broadcast(scales[t]), v), panel + (nint)t * k + column);
            last = TSimd.MultiplyAdd(TSimd.Broadcast(preferred[t]), v, last);
        }
        TSimd.Store(last, sum + column);
    }
}
