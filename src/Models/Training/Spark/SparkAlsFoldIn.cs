using Pipeline.Models.Training.Descent;

namespace Pipeline.Models.Training.Spark;

/// <summary>
/// A member's factor as the last half of Spark's iteration would solve it, the titles' factors y fixed:
/// <c>x = (YᵀY + Σ α|r| y yᵀ + λ n I)⁻¹ Σ_(r>0) (1 + α r) y</c>, n being the number of r above 0.
/// </summary>
internal sealed class SparkAlsFoldIn(SparkAlsParameters parameters, FactorMatrix items, ComputeOptions compute, CancellationToken cancellationToken)
{
    private readonly FactorMatrix gram = Gramian.Of(items, compute, cancellationToken);

    public IFactorFoldIn Worker() => new Solver(parameters, new LeastSquares(items, gram, null, compute.VectorWidth));

    private sealed class Solver(SparkAlsParameters parameters, LeastSquares solver) : IFactorFoldIn
    {
        private float[] weights = [];
        private float[] targets = [];

        public void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> factor)
        {
            if (weights.Length < columns.Length)
            {
                weights = new float[columns.Length];
                targets = new float[columns.Length];
            }
            var wanted = 0;
            for (var n = 0; n < columns.Length; n++)
            {
                weights[n] = (float)(parameters.Alpha * Math.Abs(confidences[n]));
                targets[n] = confidences[n] > 0 ? 1 + weights[n] : 0;
                wanted += confidences[n] > 0 ? 1 : 0;
            }
            // Nothing on the right side, and nothing that would keep the left side solvable.
            if (wanted == 0)
                factor.Clear();
            else
                solver.Solve(columns, weights.AsSpan(0, columns.Length), targets.AsSpan(0, columns.Length), 1, (float)(parameters.Regularization * wanted), 0, factor);
        }
    }
}
