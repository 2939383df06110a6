using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training;

/// <summary>
/// A trained iALS model. It keeps titles only: a member's factor is the closed-form solution for their history, made when it is
/// needed, so that a new event counts at once and erasing a member leaves nothing behind here.
/// </summary>
public sealed class ImplicitAlsModel(ImplicitAlsParameters parameters, IdIndex contents, FactorMatrix itemFactors) : IExplainingRecommender
{
    /// <summary>The name in settings and registry.</summary>
    public const string AlgorithmName = "ials";

    public string Algorithm => AlgorithmName;

    /// <summary>As trained: λ is never 0.</summary>
    public ImplicitAlsParameters Parameters { get; } = parameters.Regularization > 0
        ? parameters
        : throw new ArgumentException("A trained model has a λ above 0.", nameof(parameters));

    public IReadOnlyDictionary<string, string> Settings => ImplicitAlsTrainer.SettingsOf(Parameters);

    public IdIndex Contents => contents;

    /// <summary>Shape [contents, d].</summary>
    public FactorMatrix ItemFactors => itemFactors;

    /// <summary>Prepares the model for folding in members; costs one pass over the titles.</summary>
    public FoldIn CreateFoldIn(ComputeOptions compute, CancellationToken cancellationToken) =>
        new(this, compute, cancellationToken);

    IExplainer IExplainingRecommender.CreateExplainer(ComputeOptions compute, CancellationToken cancellationToken) =>
        CreateFoldIn(compute, cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(compute);
        var solver = new AlsSolver(Parameters, Kernel.For(compute.VectorWidth), itemFactors, compute.Threads, cancellationToken);
        return TopK.Run(new PackedItems(itemFactors, options.Excluded), CreateSource, histories, options.K, compute, cancellationToken);

        TopK.FactorSource CreateSource()
        {
            var workspace = solver.CreateWorkspace();
            return (first, count, target) =>
            {
                for (var row = 0; row < count; row++)
                    solver.Solve(histories.Columns(first + row), histories.Values(first + row), target.PaddedRow(row), workspace);
            };
        }
    }
}
