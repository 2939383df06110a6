using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <summary>
/// One side of iALS by subspaces (iALS++): with the other side's factors y fixed, each block π of a row's dimensions takes Newton's step,
/// <c>x_π −= (α₀ (YᵀY)_ππ + Σ c y_π y_πᵀ + λ' I)⁻¹ (α₀ (YᵀY)_π x + Σ c (ŷ − p) y_π + λ' x_π)</c> with λ' = λ (n + α₀ |Y|)^ν, one block after the other.
/// </summary>
internal sealed unsafe class AlsBlockSolver
{
    private const int RowsPerPiece = 64;

    private readonly ImplicitAlsParameters parameters;
    private readonly FactorMatrix others;
    private readonly FactorMatrix gram;
    private readonly Kernel kernel;
    private readonly RowKernel rowKernel;
    private readonly int threads;

    /// <param name="others">Factors of the side that is fixed, shape [m, d].</param>
    public AlsBlockSolver(ImplicitAlsParameters parameters, FactorMatrix others, ComputeOptions compute, CancellationToken cancellationToken)
    {
        this.parameters = parameters;
        this.others = others;
        kernel = Kernel.For(compute.VectorWidth);
        rowKernel = RowKernel.For(compute.VectorWidth);
        threads = compute.Threads;
        gram = Gramian.Of(others, compute, cancellationToken);
        for (var row = 0; row < gram.Rows; row++)
        {
            for (var column = row; column < gram.Rows; column++)
                gram.PaddedRow(column)[row] = gram.PaddedRow(row)[column] *= (float)parameters.UnobservedWeight;
        }
    }

    /// <summary>Moves every row of <paramref name="solved"/> once through all blocks, from where it is.</summary>
    /// <returns>The objective's data terms where the rows come to lie, without the regularization of the side that is fixed.</returns>
    public double SolveAll(SparseMatrix rows, FactorMatrix solved, CancellationToken cancellationToken)
    {
        var losses = new double[(rows.RowCount + RowsPerPiece - 1) / RowsPerPiece];
        var longest = 0;
        for (var row = 0; row < rows.RowCount; row++)
            longest = Math.Max(longest, rows.RowLength(row));
        Workers.Run(threads, losses.Length, () => new Workspace(Math.Min(parameters.BlockSize, others.Stride), longest), (workspace, piece) =>
        {
            for (var row = piece * RowsPerPiece; row < Math.Min((piece + 1) * RowsPerPiece, rows.RowCount); row++)
            {
                fixed (float* x = solved.PaddedRow(row))
                fixed (int* columns = rows.Columns(row))
                    losses[piece] += Move(x, columns, rows.Values(row), workspace);
            }
        }, cancellationToken);
        GC.KeepAlive(others);
        return losses.Sum();
    }

    private double Move(float* x, int* columns, ReadOnlySpan<float> confidences, Workspace workspace)
    {
        var stride = others.Stride;
        if (confidences.IsEmpty)
        {
            new Span<float>(x, stride).Clear();
            return 0;
        }
        var regularization = (float)AlsSolver.Regularization(parameters, others.Rows, RowWeight.Of(confidences).Total);
        for (var n = 0; n < confidences.Length; n++)
            workspace.Scores[n] = kernel.Dot(x, others.Pointer + (nint)columns[n] * stride, stride);
        for (var first = 0; first < stride; first += parameters.BlockSize)
            MoveBlock(x, first, Math.Min(parameters.BlockSize, stride - first), columns, confidences, regularization, workspace);
        return Loss(x, confidences, regularization, workspace);
    }

    private void MoveBlock(
        float* x, int first, int size, int* columns, ReadOnlySpan<float> confidences, float regularization, Workspace workspace)
    {
        var stride = others.Stride;
        var (matrix, slope) = (workspace.Matrix, workspace.Slope);
        for (var n = 0; n < size; n++)
        {
            var row = gram.Pointer + (nint)(first + n) * stride;
            new ReadOnlySpan<float>(row + first, size).CopyTo(new Span<float>(matrix.Pointer + n * size, size));
            matrix.Pointer[n * size + n] += regularization;
            slope.Pointer[n] = MathF.FusedMultiplyAdd(regularization, x[first + n], kernel.Dot(row, x, stride));
        }
        for (var from = 0; from < confidences.Length; from += workspace.PanelRows)
        {
            var count = Math.Min(workspace.PanelRows, confidences.Length - from);
            for (var n = 0; n < count; n++)
            {
                var confidence = confidences[from + n];
                var weight = MathF.Abs(confidence);
                var y = others.Pointer + (nint)columns[from + n] * stride + first;
                rowKernel.CopyScaled(workspace.Panel.Pointer + n * size, y, MathF.Sqrt(weight), size);
                rowKernel.AddScaled(slope.Pointer, y, weight * (workspace.Scores[from + n] - (confidence > 0 ? 1 : 0)), size);
            }
            kernel.AddGram(matrix.Pointer, workspace.Panel.Pointer, count, size);
        }
        if (!kernel.Factor(matrix.Pointer, workspace.InverseDiagonal.Pointer, size))
            throw new ArithmeticException("A row's equations are not positive definite in float32: raise the regularization.");
        kernel.Solve(matrix.Pointer, workspace.InverseDiagonal.Pointer, slope.Pointer, size);
        rowKernel.AddScaled(x + first, slope.Pointer, -1, size);
        for (var n = 0; n < confidences.Length; n++)
            workspace.Scores[n] -= kernel.Dot(slope.Pointer, others.Pointer + (nint)columns[n] * stride + first, size);
    }

    private double Loss(float* x, ReadOnlySpan<float> confidences, float regularization, Workspace workspace)
    {
        var stride = others.Stride;
        var loss = 0.0;
        for (var n = 0; n < confidences.Length; n++)
        {
            double error = workspace.Scores[n] - (confidences[n] > 0 ? 1 : 0);
            loss += Math.Abs(confidences[n]) * error * error;
        }
        for (var n = 0; n < stride; n++)
            loss += (double)x[n] * (kernel.Dot(gram.Pointer + (nint)n * stride, x, stride) + regularization * x[n]);
        return loss;
    }

    private sealed class Workspace(int size, int longest)
    {
        public int PanelRows { get; } = AlsWorkspace.PanelRowsFor(size);

        public FactorMatrix Matrix { get; } = new(size, size);

        public FactorMatrix Panel { get; } = new(AlsWorkspace.PanelRowsFor(size), size);

        public FactorMatrix Slope { get; } = new(1, size);

        public FactorMatrix InverseDiagonal { get; } = new(1, size);

        /// <summary>ŷ of the row's interactions.</summary>
        public float[] Scores { get; } = new float[longest];
    }
}
