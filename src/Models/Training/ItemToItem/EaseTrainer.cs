using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>EASE in closed form. Time grows with the cube of the number of titles, memory with its square.</summary>
public sealed class EaseTrainer(EaseParameters parameters) : ITrainer
{
    /// <summary>Most titles that one array of weights holds.</summary>
    public const int MaxTitles = 46_320;

    private const int RowsPerPiece = 16;

    // That progress is told in.
    private const int Steps = 10;

    public string Algorithm => EaseModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => EaseParameters.Table.Write(parameters);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static EaseTrainer Create(IEnumerable<KeyValuePair<string, string>> settings) => new(EaseParameters.Table.Read(settings));

    /// <inheritdoc/>
    /// <exception cref="AlgorithmSettingException">The catalogue needs more memory than is allowed or there; found before anything is computed.</exception>
    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        RequireMemory(interactions.Contents.Count);
        var trained = parameters.For(interactions);
        var byUser = interactions.ByUser.Positive();
        var matrix = Gram(byUser, (float)trained.Regularization, compute, cancellationToken);
        SymmetricInverse.Invert(matrix, compute, cancellationToken, (done, all) =>
        {
            // A small catalogue is done at once, and a large one takes half an hour.
            if (done * Steps / all is var step && step > (done - 1) * Steps / all)
                progress?.Invoke(new TrainingIteration(step, double.NaN, Steps));
        });
        return new EaseModel(trained, interactions.Contents, Weights(matrix, compute, cancellationToken));
    }

    /// <summary>Bytes that training a catalogue of so many titles takes, beside the interactions.</summary>
    public static long RequiredBytes(long titles) => SymmetricBlocks.Bytes(titles) + titles * titles * sizeof(float);

    private void RequireMemory(int titles)
    {
        const double GiB = 1L << 30;
        var required = RequiredBytes(titles);
        if (required > GiB)
            GiveBackMemory();
        var available = Math.Min(parameters.MaxMemory * GiB, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetTotalMemory(forceFullCollection: false));
        if (titles > MaxTitles || required > available)
        {
            throw new AlgorithmSettingException(FormattableString.Invariant(
                $"ease needs {required / GiB:F1} GiB for {titles:N0} titles; there are {available / GiB:F1} GiB, and {MaxTitles:N0} titles are its limit. Raise max-memory, leave out rare titles, or take item-knn or ials."));
        }
    }

    // What nobody needs any more goes back to the system: a night trains several models, the last of which may have been as large.
    private static void GiveBackMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static SymmetricBlocks Gram(SparseMatrix byUser, float regularization, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var byContent = byUser.Transpose();
        var gram = new SymmetricBlocks(byUser.ColumnCount);
        Workers.Run(
            compute.Threads,
            (gram.Order + RowsPerPiece - 1) / RowsPerPiece,
            () => new ItemProducts(byUser, byContent),
            (products, piece) =>
            {
                for (var title = piece * RowsPerPiece; title < Math.Min((piece + 1) * RowsPerPiece, gram.Order); title++)
                {
                    products.Compute(title);
                    foreach (var other in products.Touched)
                    {
                        if (other >= title)
                            gram[title, other] = products[other];
                    }
                    gram[title, title] += regularization;
                }
            },
            cancellationToken);
        return gram;
    }

    private static FactorMatrix Weights(SymmetricBlocks inverse, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var weights = new FactorMatrix(inverse.Order, inverse.Order);
        Workers.Run(
            compute.Threads,
            (inverse.Order + RowsPerPiece - 1) / RowsPerPiece,
            () => 0,
            (_, piece) =>
            {
                for (var row = piece * RowsPerPiece; row < Math.Min((piece + 1) * RowsPerPiece, inverse.Order); row++)
                {
                    var target = weights.PaddedRow(row);
                    for (var column = 0; column < inverse.Order; column++)
                        target[column] = column == row ? 0 : -inverse[row, column] / inverse[column, column];
                }
            },
            cancellationToken);
        return weights;
    }
}
