using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <summary>
/// One side of iALS in closed form: with the other side's factors y fixed,
/// <c>x = (α₀ YᵀY + Σ c y yᵀ + λ (n + α₀ |Y|)^ν I)⁻¹ Σ c p y</c>, for every row on its own.
/// </summary>
internal sealed unsafe class AlsSolver
{
    // Pieces are fixed by the data, never by the number of threads: sums over them are then the same on any.
    private const int GramPieces = 32;
    private const int RowsPerPiece = 64;

    private readonly ImplicitAlsParameters parameters;
    private readonly Kernel kernel;
    private readonly FactorMatrix others;
    private readonly FactorMatrix gram;

    /// <param name="others">Factors of the side that is fixed, shape [m, d].</param>
    public AlsSolver(ImplicitAlsParameters parameters, Kernel kernel, FactorMatrix others, int threads, CancellationToken cancellationToken)
    {
        this.parameters = parameters;
        this.kernel = kernel;
        this.others = others;
        gram = WeightedGram(threads, cancellationToken);
    }

    /// <summary>α₀ YᵀY, upper triangle, shape [stride, stride].</summary>
    public FactorMatrix Gram => gram;

    public AlsWorkspace CreateWorkspace() => new(others.Stride);

    /// <summary>Solves every row of <paramref name="rows"/> into <paramref name="solved"/>.</summary>
    /// <returns>The objective's data terms at the solution, without the regularisation of <see cref="others"/>.</returns>
    public double SolveAll(SparseMatrix rows, FactorMatrix solved, int threads, CancellationToken cancellationToken)
    {
        var pieces = (rows.RowCount + RowsPerPiece - 1) / RowsPerPiece;
        var losses = new double[pieces];
        Workers.Run(threads, pieces, CreateWorkspace, (workspace, piece) =>
        {
            var end = Math.Min((piece + 1) * RowsPerPiece, rows.RowCount);
            for (var row = piece * RowsPerPiece; row < end; row++)
                losses[piece] += Solve(rows.Columns(row), rows.Values(row), solved.PaddedRow(row), workspace);
        }, cancellationToken);
        return losses.Sum();
    }

    /// <summary>Solves one row: a fold-in.</summary>
    /// <param name="solution">Shape [stride].</param>
    /// <returns>min f = Σ c p² − bᵀx, since f(x) = xᵀA x − 2 bᵀx + Σ c p² and A x = b.</returns>
    public double Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> solution, AlsWorkspace workspace)
    {
        solution.Clear();
        if (columns.IsEmpty)
            return 0;
        Factor(columns, confidences, workspace);
        var stride = others.Stride;
        new ReadOnlySpan<float>(workspace.RightSide, stride).CopyTo(solution);
        fixed (float* x = solution)
        {
            kernel.Solve(workspace.Matrix, workspace.InverseDiagonal, x, stride);
            var attained = 0.0;
            for (var n = 0; n < stride; n++)
                attained += (double)workspace.RightSide[n] * x[n];
            var wanted = 0.0;
            foreach (var confidence in confidences)
                wanted += Math.Max(confidence, 0);
            return wanted - attained;
        }
    }

    /// <summary>Leaves the row's Cholesky factor and right side in <paramref name="workspace"/>.</summary>
    public void Factor(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, AlsWorkspace workspace)
    {
        var stride = others.Stride;
        var matrix = new Span<float>(workspace.Matrix, stride * stride);
        new ReadOnlySpan<float>(gram.Pointer, stride * stride).CopyTo(matrix);
        var regularization = (float)Regularization(parameters, others.Rows, confidences);
        for (var n = 0; n < stride; n++)
            matrix[n * stride + n] += regularization;

        new Span<float>(workspace.RightSide, stride).Clear();
        fixed (int* column = columns)
        fixed (float* confidence = confidences)
        {
            for (var first = 0; first < columns.Length; first += workspace.PanelRows)
            {
                var count = Math.Min(workspace.PanelRows, columns.Length - first);
                kernel.Gather(workspace.Panel, others.Pointer, column + first, confidence + first, count, stride, workspace.RightSide);
                kernel.AddGram(workspace.Matrix, workspace.Panel, count, stride);
            }
        }
        if (!kernel.Factor(workspace.Matrix, workspace.InverseDiagonal, stride))
            throw new ArithmeticException("A row's equations are not positive definite in float32: raise the regularization.");
    }

    /// <summary>λ (n + α₀ m)^ν.</summary>
    public static double Regularization(ImplicitAlsParameters parameters, int m, ReadOnlySpan<float> confidences)
    {
        var total = parameters.UnobservedWeight * m;
        foreach (var confidence in confidences)
            total += Math.Abs(confidence);
        return parameters.Regularization * (parameters.FrequencyExponent == 1 ? total : Math.Pow(total, parameters.FrequencyExponent));
    }

    private FactorMatrix WeightedGram(int threads, CancellationToken cancellationToken)
    {
        var stride = others.Stride;
        var sums = new FactorMatrix[GramPieces];
        Workers.Run(threads, GramPieces, () => 0, (_, piece) =>
        {
            var first = (int)((long)others.Rows * piece / GramPieces);
            var end = (int)((long)others.Rows * (piece + 1) / GramPieces);
            sums[piece] = new FactorMatrix(stride, stride);
            for (var panel = AlsWorkspace.PanelRowsFor(stride); first < end; first += panel)
                kernel.AddGram(sums[piece].Pointer, others.Pointer + (nint)first * stride, Math.Min(panel, end - first), stride);
        }, cancellationToken);
        for (var row = 0; row < stride; row++)
        {
            var total = sums[0].PaddedRow(row);
            for (var column = 0; column < stride; column++)
            {
                var sum = 0f;
                foreach (var piece in sums)
                    sum += piece.PaddedRow(row)[column];
                total[column] = (float)parameters.UnobservedWeight * sum;
            }
        }
        GC.KeepAlive(others);
        return sums[0];
    }
}
