namespace Pipeline.Models.Kernels;

/// <summary>
/// The dense linear algebra of training and scoring, over row-major float32 with a leading dimension that is a multiple of
/// <see cref="Alignment"/> floats. <see cref="PlainKernel"/> says what each operation means; every width computes the same bytes.
/// </summary>
internal abstract unsafe class Kernel
{
    /// <summary>Floats that a row is padded to: one register of the widest kind, and one cache line.</summary>
    public const int Alignment = 16;

    /// <summary>Columns of a scoring panel: whole registers of every width, and whole tiles of the three widest.</summary>
    public const int PanelColumns = 48;

    /// <summary>Rows that are scored at once.</summary>
    public const int ScoreRows = 8;

    private static readonly Kernel[] All =
    [
        new SimdKernel<SimdScalar, float>(),
        new SimdKernel<Simd128, System.Runtime.Intrinsics.Vector128<float>>(),
        new SimdKernel<Simd256, System.Runtime.Intrinsics.Vector256<float>>(),
        new SimdKernel<Simd512, System.Runtime.Intrinsics.Vector512<float>>(),
    ];

    public static Kernel For(VectorWidth width) => width switch
    {
        VectorWidth.Scalar => All[0],
        VectorWidth.Bits128 => All[1],
        VectorWidth.Bits256 => All[2],
        VectorWidth.Bits512 => All[3],
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Not a width."),
    };

    /// <summary>Smallest leading dimension for rows of <paramref name="length"/> floats.</summary>
    public static int Padded(int length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>
    /// Gram matrix, upper triangle: A += Σ_t b_t b_tᵀ. Parts of A below the diagonal are left undefined.
    /// </summary>
    /// <param name="a">Shape [k, k].</param>
    /// <param name="b">Shape [n, k].</param>
    /// <param name="ahead">Asked for meanwhile; changes no result.</param>
    public abstract void AddGram(float* a, float* b, int n, int k, RowsAhead ahead);

    public void AddGram(float* a, float* b, int n, int k) => AddGram(a, b, n, k, default);

    /// <summary>
    /// Copies rows of a table, scaled, and sums them: panel[t] = √|w_t| · table[rows[t]]; sum += max(w_t, 0) · table[rows[t]].
    /// </summary>
    /// <param name="panel">Shape [n, k].</param>
    /// <param name="table">Shape [any, k].</param>
    /// <param name="weights">Shape [n], or null for 1 everywhere.</param>
    /// <param name="sum">Shape [k].</param>
    public abstract void Gather(float* panel, float* table, int* rows, float* weights, int n, int k, float* sum);

    /// <summary>
    /// Cholesky factors in place: A = UᵀU from A's upper triangle; 1 / U[j, j] goes to <paramref name="inverseDiagonal"/>. Several
    /// systems take little longer than one, because each waits for its own square roots.
    /// </summary>
    /// <param name="a">Shape [systems, k, k]; U afterwards: zero below the diagonal within its block of 16, undefined left of that.</param>
    /// <param name="inverseDiagonal">Shape [systems, k].</param>
    /// <returns>False where one of them is not positive definite; the content of all is then undefined.</returns>
    public abstract bool Factor(float* a, float* inverseDiagonal, int k, int systems);

    public bool Factor(float* a, float* inverseDiagonal, int k) => Factor(a, inverseDiagonal, k, 1);

    /// <summary>Solves UᵀU x = b in place.</summary>
    /// <param name="u">Shape [systems, k, k], as factored.</param>
    /// <param name="x">Shape [systems, k]; b before, x after.</param>
    public abstract void Solve(float* u, float* inverseDiagonal, float* x, int k, int systems);

    public void Solve(float* u, float* inverseDiagonal, float* x, int k) => Solve(u, inverseDiagonal, x, k, 1);

    /// <summary>
    /// Σ_n x_n y_n, over 16 partial sums (n modulo 16) that are then added pairwise, so that every width rounds alike.
    /// </summary>
    /// <param name="k">A multiple of <see cref="Alignment"/>.</param>
    public abstract float Dot(float* x, float* y, int k);

    /// <summary>Scores of eight rows against one panel: C = PᵀQ.</summary>
    /// <param name="c">Shape [<see cref="ScoreRows"/>, <see cref="PanelColumns"/>].</param>
    /// <param name="p">Shape [k, <see cref="ScoreRows"/>] with row stride <paramref name="ldp"/>.</param>
    /// <param name="q">Shape [k, <see cref="PanelColumns"/>].</param>
    public abstract void Score(float* c, float* p, int ldp, float* q, int k);

    /// <summary>Bit n is set where row[n] ≥ threshold, for the <see cref="PanelColumns"/> floats of <paramref name="row"/>.</summary>
    public abstract ulong AtLeast(float* row, float threshold);
}
