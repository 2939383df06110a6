using Pipeline.Models.Features;

namespace Pipeline.Models.Training.Descent;

/// <summary>The one-class loss by alternating least squares: each row in closed form with the other side fixed.</summary>
internal static class OneClassLeastSquares
{
    private const int RowsPerPiece = 64;

    public static FactorMatrix Train(
        InteractionMatrix interactions,
        MatrixFactorizationOptions options,
        ComputeOptions compute,
        Action<TrainingIteration>? progress,
        CancellationToken cancellationToken)
    {
        var byUser = interactions.ByUser.Positive();
        var byContent = byUser.Transpose();
        var users = new FactorMatrix(byUser.RowCount, options.ApproximationRank);
        var items = new FactorMatrix(byContent.RowCount, options.ApproximationRank);
        var normal = new SeededNormal(options.Seed);
        for (var row = 0; row < users.Rows; row++)
        {
            foreach (ref var value in users.PaddedRow(row)[..users.Rank])
                value = (float)(0.1 / Math.Sqrt(users.Rank) * normal.Next());
        }
        for (var number = 1; number <= options.NumberOfIterations; number++)
        {
            SolveAll(byContent, users, items, options, compute, cancellationToken);
            var loss = SolveAll(byUser, items, users, options, compute, cancellationToken);
            progress?.Invoke(new TrainingIteration(number, loss + options.Lambda * SquaredNorm(items)));
        }
        // Titles last: a member's factor is made from them when it is needed.
        SolveAll(byContent, users, items, options, compute, cancellationToken);
        return items;
    }

    /// <returns>The loss without the regularization of the side that is fixed.</returns>
    private static double SolveAll(
        SparseMatrix rows, FactorMatrix others, FactorMatrix solved, MatrixFactorizationOptions options, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var prepared = new OneClassFoldIn(options, others, compute, cancellationToken);
        var losses = new double[(rows.RowCount + RowsPerPiece - 1) / RowsPerPiece];
        Workers.Run(compute.Threads, losses.Length, prepared.Worker, (worker, piece) =>
        {
            for (var row = piece * RowsPerPiece; row < Math.Min((piece + 1) * RowsPerPiece, rows.RowCount); row++)
                losses[piece] += worker.Attain(rows.Columns(row), rows.Values(row), solved.PaddedRow(row));
        }, cancellationToken);
        return losses.Sum();
    }

    private static double SquaredNorm(FactorMatrix factors)
    {
        var sum = 0.0;
        for (var row = 0; row < factors.Rows; row++)
        {
            foreach (var value in factors[row])
                sum += (double)value * value;
        }
        return sum;
    }
}
