using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training;

/// <summary>
/// A trained iALS model. It keeps titles only: a member's factor is the closed-form solution for their history, made when it is
/// needed, so that a new event counts at once and erasing a member leaves nothing behind here.
/// </summary>
public sealed class ImplicitAlsModel(ImplicitAlsParameters parameters, IdIndex contents, FactorMatrix itemFactors)
    : IScoringModel, IExplainingRecommender, IStoredModel
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
        return TopK.Run(new PackedItems(itemFactors, options.Excluded), CreateSource, histories, options.K, compute, cancellationToken)
            .Select(block => SilentHistories.Empty(block, histories));

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

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken) =>
        new Scorer(CreateFoldIn(compute, cancellationToken), itemFactors, Kernel.For(compute.VectorWidth));

    void IStoredModel.Save(ArtifactWriter target) => target.Factors("items", itemFactors);

    internal static ImplicitAlsModel Load(ArtifactReader source)
    {
        var trained = ImplicitAlsTrainer.Create(source.Settings).Parameters;
        return trained.Regularization > 0
            ? new ImplicitAlsModel(trained, source.Contents, source.Factors("items", source.Contents.Count, trained.Rank))
            : throw new ArtifactException("The artifact's λ is 0, which no trained model has.");
    }

    private sealed class Scorer(FoldIn foldIn, FactorMatrix items, Kernel kernel) : IScorer
    {
        private readonly FactorMatrix member = new(1, items.Rank);

        public unsafe void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores)
        {
            if (!Interactions.SaysWhatIsWanted(confidences))
            {
                scores.Fill(float.NegativeInfinity);
                return;
            }
            foldIn.Solve(columns, confidences, member.PaddedRow(0)[..items.Rank]);
            for (var item = 0; item < items.Rows; item++)
                scores[item] = kernel.Dot(member.Pointer, items.Pointer + (nint)item * items.Stride, items.Stride);
            GC.KeepAlive(items);
        }
    }
}
