namespace Pipeline.Models.Kernels;

/// <summary>Sums of scaled rows. Every width computes the same bytes.</summary>
internal abstract unsafe class RowKernel
{
    private static readonly RowKernel[] All =
    [
        new SimdRowKernel<SimdScalar, float>(),
        new SimdRowKernel<Simd128, System.Runtime.Intrinsics.Vector128<float>>(),
        new SimdRowKernel<Simd256, System.Runtime.Intrinsics.Vector256<float>>(),
        new SimdRowKernel<Simd512, System.Runtime.Intrinsics.Vector512<float>>(),
    ];

    public static RowKernel For(VectorWidth width) => width switch
    {
        VectorWidth.Scalar => All[0],
        VectorWidth.Bits128 => All[1],
        VectorWidth.Bits256 => All[2],
        VectorWidth.Bits512 => All[3],
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Not a width."),
    };

    /// <summary>y += a·x, rounded once.</summary>
    /// <param name="n">Any length.</param>
    public abstract void AddScaled(float* y, float* x, float a, int n);

    /// <summary>y = a·x.</summary>
    /// <param name="n">Any length.</param>
    public abstract void CopyScaled(float* y, float* x, float a, int n);

    /// <summary><see cref="AddScaled(float*, float*, float, int)"/> on spans of one length.</summary>
    public void AddScaled(Span<float> y, ReadOnlySpan<float> x, float a)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, y.Length);
        fixed (float* target = y, source = x)
            AddScaled(target, source, a, y.Length);
    }
}

/// <summary>What <see cref="RowKernel"/> means, in plain loops.</summary>
internal sealed unsafe class PlainRowKernel : RowKernel
{
    public override void AddScaled(float* y, float* x, float a, int n)
    {
        for (var i = 0; i < n; i++)
            y[i] = MathF.FusedMultiplyAdd(a, x[i], y[i]);
    }

    public override void CopyScaled(float* y, float* x, float a, int n)
    {
        for (var i = 0; i < n; i++)
            y[i] = a * x[i];
    }
}

/// <summary>Rows for one width.</summary>
internal sealed unsafe class SimdRowKernel<TSimd, TVector> : RowKernel
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    public override void AddScaled(float* y, float* x, float a, int n)
    {
        var scale = TSimd.Broadcast(a);
        var i = 0;
        for (; i <= n - TSimd.Width; i += TSimd.Width)
            TSimd.Store(TSimd.MultiplyAdd(scale, TSimd.Load(x + i), TSimd.Load(y + i)), y + i);
        for (; i < n; i++)
            y[i] = MathF.FusedMultiplyAdd(a, x[i], y[i]);
    }

    public override void CopyScaled(float* y, float* x, float a, int n)
    {
        var scale = TSimd.Broadcast(a);
        var i = 0;
        for (; i <= n - TSimd.Width; i += TSimd.Width)
            TSimd.Store(TSimd.Multiply(scale, TSimd.Load(x + i)), y + i);
        for (; i < n; i++)
            y[i] = a * x[i];
    }
}
