using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Descent;

/// <summary>Matrix factorization for users of ML.NET's trainer of that name.</summary>
public sealed class MatrixFactorizationTrainer(MatrixFactorizationOptions options) : ITrainer
{
    public string Algorithm => MatrixFactorizationModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => MatrixFactorizationOptions.Table.Write(options);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static MatrixFactorizationTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var options = MatrixFactorizationOptions.Table.Read(settings);
        return options is { NonNegative: true, LossFunction: LossFunction.SquareLossOneClass }
            ? throw new AlgorithmSettingException($"{nameof(options.NonNegative)}=true: expected false with {nameof(options.LossFunction)}={options.LossFunction}, which has no such form.")
            : new MatrixFactorizationTrainer(options);
    }

    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        if (options.NumberOfThreads > 0)
            compute = compute with { Threads = Math.Min(compute.Threads, options.NumberOfThreads) };
        var heard = options.Quiet ? null : progress;
        var items = options.LossFunction == LossFunction.SquareLossOneClass
            ? OneClassLeastSquares.Train(interactions, options, compute, heard, cancellationToken)
            : SquaredLossDescent.Train(interactions, options, compute, heard, cancellationToken);
        return new MatrixFactorizationModel(options, interactions.Contents, items);
    }
}
