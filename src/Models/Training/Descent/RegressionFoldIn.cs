using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.Descent;

/// <summary>A member's factor under the regression loss: <c>(Σ q qᵀ + λ n I)⁻¹ Σ r q</c> over the n interactions of the history.</summary>
internal sealed class RegressionFoldIn(MatrixFactorizationOptions options, FactorMatrix items, VectorWidth width) : IFactorFoldIn
{
    // Keeps the equations of a history solvable where λ is 0.
    private const float Smallest = 1e-4f;

    private readonly LeastSquares solver = new(items, gram: null, offset: null, width);
    private float[] ones = [];

    public void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> factor)
    {
        if (ones.Length < columns.Length)
        {
            ones = new float[columns.Length];
            Array.Fill(ones, 1);
        }
        var regularization = Math.Max((float)(options.Lambda * columns.Length), Smallest);
        solver.Solve(columns, ones.AsSpan(0, columns.Length), confidences, 0, regularization, 0, factor);
        if (!options.NonNegative)
            return;
        foreach (ref var value in factor)
            value = Math.Max(value, 0);
    }
}
