using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <param name="Number">From 1.</param>
/// <param name="Loss">The trainer's objective after the iteration; NaN for a step of a closed form, which has none.</param>
/// <param name="Of">How many there will be, where that is known.</param>
public readonly record struct TrainingIteration(int Number, double Loss, int? Of = null);

/// <param name="UserFactors">Shape [users, d]: what the model folds each member of the training data in to.</param>
public sealed record ImplicitAlsResult(ImplicitAlsModel Model, FactorMatrix UserFactors, IReadOnlyList<TrainingIteration> Iterations);

/// <summary>
/// Implicit alternating least squares, solved exactly by Cholesky or block by block. The same data, parameters and seed give the same bytes on any
/// number of threads and with vectors of any width.
/// </summary>
public static class ImplicitAls
{
    /// <param name="progress">Called after each iteration, on the calling thread.</param>
    /// <exception cref="ArgumentException">A parameter is out of range, or there are no interactions.</exception>
    /// <exception cref="OperationCanceledException">Checked every 64 rows.</exception>
    public static ImplicitAlsResult Train(
        InteractionMatrix interactions,
        ImplicitAlsParameters parameters,
        ComputeOptions compute,
        Action<TrainingIteration>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(compute);
        parameters.Validate();
        if (interactions.Count == 0)
            throw new ArgumentException("There are no interactions to train on.", nameof(interactions));
        parameters = parameters.For(interactions);

        var kernel = Kernel.For(compute.VectorWidth);
        var users = new FactorMatrix(interactions.Users.Count, parameters.Rank);
        var items = new FactorMatrix(interactions.Contents.Count, parameters.Rank);
        Draw(users, parameters);
        var iterations = new List<TrainingIteration>(parameters.Iterations);
        for (var number = 1; number <= parameters.Iterations; number++)
        {
            SolveAll(interactions.ByContent, users, items);
            // Members last: solved by Cholesky, their factors are then exactly what the model folds their histories in to.
            var loss = SolveAll(interactions.ByUser, items, users);
            loss += Penalty(interactions.ByContent, items, users.Rows, parameters);
            iterations.Add(new TrainingIteration(number, loss));
            progress?.Invoke(iterations[^1]);
        }
        return new ImplicitAlsResult(new ImplicitAlsModel(parameters, interactions.Contents, items), users, iterations);

        double SolveAll(SparseMatrix rows, FactorMatrix others, FactorMatrix solved) => parameters.Solver == AlsSolverKind.Blocks
            ? new AlsBlockSolver(parameters, others, compute, cancellationToken).SolveAll(rows, solved, cancellationToken)
            : new AlsSolver(parameters, kernel, others, compute.Threads, cancellationToken).SolveAll(rows, solved, compute.Threads, cancellationToken);
    }

    private static void Draw(FactorMatrix factors, ImplicitAlsParameters parameters)
    {
        var normal = new SeededNormal(parameters.Seed);
        var deviation = (float)(parameters.InitialDeviation / Math.Sqrt(parameters.Rank));
        for (var row = 0; row < factors.Rows; row++)
        {
            foreach (ref var value in factors.PaddedRow(row)[..factors.Rank])
                value = deviation * normal.Next();
        }
    }

    private static double Penalty(SparseMatrix byContent, FactorMatrix items, int userCount, ImplicitAlsParameters parameters)
    {
        var penalty = 0.0;
        for (var item = 0; item < items.Rows; item++)
        {
            var norm = 0.0;
            foreach (var value in items[item])
                norm += (double)value * value;
            penalty += norm * AlsSolver.Regularization(parameters, userCount, byContent.Weight(item).Total);
        }
        return penalty;
    }
}
