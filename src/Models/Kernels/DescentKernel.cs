namespace Pipeline.Models.Kernels;

/// <summary>
/// Steps of stochastic gradient descent on two rows of factors, which lie in whole lines of 16 floats. Every width computes the same
/// bytes.
/// </summary>
internal abstract unsafe class DescentKernel
{
    private static readonly DescentKernel[] All =
    [
        new PlainDescentKernel(),
        new SimdDescentKernel<Simd128, System.Runtime.Intrinsics.Vector128<float>>(),
        new SimdDescentKernel<Simd256, System.Runtime.Intrinsics.Vector256<float>>(),
        new SimdDescentKernel<Simd512, System.Runtime.Intrinsics.Vector512<float>>(),
    ];

    public static DescentKernel For(VectorWidth width) => width switch
    {
        VectorWidth.Scalar => All[0],
        VectorWidth.Bits128 => All[1],
        VectorWidth.Bits256 => All[2],
        VectorWidth.Bits512 => All[3],
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Not a width."),
    };

    /// <summary>
    /// Squared loss, step after step of a row p of one table and a row q of another: with e = label − ⟨p, q⟩ and gradients
    /// g_p = λp − e q and g_q = λq − e p, each row moves by −η g / √G, G being the mean of the squares of its gradients so far, plus 1. The
    /// first line of a row and the others have a G of their own.
    /// </summary>
    /// <param name="ptable">Shape [any, k].</param>
    /// <param name="gp">Shape [any, 2]: G of each p.</param>
    /// <param name="qtable">Shape [any, k].</param>
    /// <param name="gq">Shape [any, 2].</param>
    /// <param name="prows">Shape [n]: row p of each step.</param>
    /// <param name="qrows">Shape [n].</param>
    /// <param name="labels">Shape [n].</param>
    /// <returns>Σ e² before each step.</returns>
    public abstract double SquaredSteps(
        float* ptable, float* gp, float* qtable, float* gq, int* prows, int* qrows, float* labels, int n, in DescentShape shape, in DescentRates rates);

    /// <summary>
    /// One step along ±: p += η (s (a − b) − λp), a += η (s p − λa), b −= η (s p + λb), all from the values before.
    /// </summary>
    /// <param name="p">Shape [k], as the others.</param>
    public abstract void PairStep(float* p, float* a, float* b, int k, float s, float rate, float regularization);

    /// <summary>⟨p, a⟩ − ⟨p, b⟩ as <see cref="Kernel.Dot"/> of p with the difference.</summary>
    public abstract float DifferenceDot(float* p, float* a, float* b, int k);
}

/// <param name="Padded">k: floats of a row, whole lines of 16.</param>
/// <param name="Rank">Those that count.</param>
internal readonly record struct DescentShape(int Padded, int Rank)
{
    /// <summary>Floats of the first line that count.</summary>
    public int First => Math.Min(Rank, Kernel.Alignment);

    public int Rest => Rank - First;
}

/// <param name="Rate">η.</param>
/// <param name="Regularization">λ.</param>
/// <param name="FirstLineOnly">Leaves the other lines as they are.</param>
/// <param name="NonNegative">Sets to 0 what would fall below.</param>
internal readonly record struct DescentRates(float Rate, float Regularization, bool FirstLineOnly, bool NonNegative);
