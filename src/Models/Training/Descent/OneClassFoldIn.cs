namespace Pipeline.Models.Training.Descent;

/// <summary>
/// A row's factor under the one-class loss: <c>(α YᵀY + (1 − α) Σ y yᵀ + λ I)⁻¹ ((1 − α C) Σ y + α C Σ_all y)</c>, sums without a
/// subscript being over the wanted.
/// </summary>
internal sealed class OneClassFoldIn(MatrixFactorizationOptions options, FactorMatrix others, ComputeOptions compute, CancellationToken cancellationToken)
{
    private readonly FactorMatrix gram = Gramian.Of(others, compute, cancellationToken);
    private readonly FactorMatrix sum = Gramian.Sum(others, compute.VectorWidth);

    public Solver Worker() => new(options, new LeastSquares(others, gram, sum, compute.VectorWidth), others.Rows);

    internal sealed class Solver(MatrixFactorizationOptions options, LeastSquares solver, int others) : IFactorFoldIn
    {
        // Keeps the equations solvable where λ is 0.
        private const float Smallest = 1e-6f;

        private readonly List<int> wanted = [];
        private float[] weights = [];
        private float[] targets = [];

        public void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> factor) =>
            Attain(columns, confidences, factor);

        /// <summary>As <see cref="Solve"/>.</summary>
        /// <returns>The row's loss.</returns>
        public double Attain(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> factor)
        {
            wanted.Clear();
            for (var n = 0; n < columns.Length; n++)
            {
                if (confidences[n] > 0)
                    wanted.Add(columns[n]);
            }
            if (weights.Length < wanted.Count)
            {
                weights = new float[wanted.Count];
                targets = new float[wanted.Count];
                Array.Fill(weights, (float)(1 - options.Alpha));
                Array.Fill(targets, (float)(1 - options.Alpha * options.C));
            }
            var attained = solver.Solve(
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(wanted),
                weights.AsSpan(0, wanted.Count),
                targets.AsSpan(0, wanted.Count),
                (float)options.Alpha,
                Math.Max((float)options.Lambda, Smallest),
                (float)(options.Alpha * options.C),
                factor);
            return wanted.Count + options.Alpha * options.C * options.C * (others - wanted.Count) - attained;
        }
    }
}
