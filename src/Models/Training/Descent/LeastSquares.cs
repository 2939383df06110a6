using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.Descent;

/// <summary>
/// Solves <c>x = (g G + Σ_n w_n q_n q_nᵀ + λ I)⁻¹ (Σ_n t_n q_n + v)</c> over some rows q of a table of factors. One worker's; not for
/// several threads at once.
/// </summary>
/// <param name="table">Q, shape [m, d].</param>
/// <param name="gram">G, shape [stride, stride], upper triangle; null for 0.</param>
/// <param name="offset">v, shape [1, d]; null for 0.</param>
internal sealed unsafe class LeastSquares(FactorMatrix table, FactorMatrix? gram, FactorMatrix? offset, VectorWidth width)
{
    private readonly Kernel kernel = Kernel.For(width);
    private readonly RowKernel rowKernel = RowKernel.For(width);
    private readonly AlsWorkspace workspace = new(table.Stride);

    /// <param name="weights">w, shape [columns], all 0 or more, or all 0 or less.</param>
    /// <param name="targets">t, shape [columns].</param>
    /// <param name="gramWeight">g.</param>
    /// <param name="regularization">λ.</param>
    /// <param name="offsetWeight">Factor of v.</param>
    /// <param name="solution">Shape [stride].</param>
    /// <returns>bᵀx, b being the right side.</returns>
    public double Solve(
        ReadOnlySpan<int> columns,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> targets,
        float gramWeight,
        float regularization,
        float offsetWeight,
        Span<float> solution)
    {
        var stride = table.Stride;
        var matrix = new Span<float>(workspace.Matrix, stride * stride);
        matrix.Clear();
        new Span<float>(workspace.RightSide, stride).Clear();
        // Panels are made of square roots: what is to be taken off is added up first, and turned round.
        var subtracts = !weights.IsEmpty && weights[0] < 0;
        if (!subtracts)
            AddFixed(matrix, gramWeight, regularization);
        fixed (int* column = columns)
        fixed (float* weight = weights)
        {
            for (var first = 0; first < columns.Length; first += workspace.PanelRows)
            {
                var count = Math.Min(workspace.PanelRows, columns.Length - first);
                kernel.Gather(workspace.Panel, table.Pointer, column + first, weight + first, count, stride, workspace.RightSide);
                kernel.AddGram(workspace.Matrix, workspace.Panel, count, stride);
            }
        }
        if (subtracts)
        {
            foreach (ref var value in matrix)
                value = -value;
            AddFixed(matrix, gramWeight, regularization);
        }
        solution.Clear();
        if (offset is not null)
            rowKernel.AddScaled(solution, offset.PaddedRow(0), offsetWeight);
        for (var n = 0; n < columns.Length; n++)
            rowKernel.AddScaled(solution, table.PaddedRow(columns[n]), targets[n]);
        solution.CopyTo(new Span<float>(workspace.RightSide, stride));
        if (!kernel.Factor(workspace.Matrix, workspace.InverseDiagonal, stride))
            throw new ArithmeticException("A row's equations are not positive definite in float32: raise the regularization.");
        fixed (float* x = solution)
            kernel.Solve(workspace.Matrix, workspace.InverseDiagonal, x, stride);
        var attained = 0.0;
        for (var n = 0; n < stride; n++)
            attained += (double)workspace.RightSide[n] * solution[n];
        GC.KeepAlive(table);
        return attained;
    }

    private void AddFixed(Span<float> matrix, float gramWeight, float regularization)
    {
        var stride = table.Stride;
        if (gram is not null)
        {
            for (var row = 0; row < stride; row++)
                rowKernel.AddScaled(matrix.Slice(row * stride, stride), gram.PaddedRow(row), gramWeight);
        }
        // Padding must stay solvable, whatever λ is.
        for (var n = 0; n < stride; n++)
            matrix[n * stride + n] += n < table.Rank ? regularization : 1;
    }
}
