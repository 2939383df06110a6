using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>A trained EASE model: the dense weights of titles on titles. It keeps no member.</summary>
public sealed class EaseModel : IScoringModel, IExplainingRecommender, IStoredModel
{
    public const string AlgorithmName = "ease";

    private readonly EaseParameters parameters;

    /// <param name="weights">B, shape [contents, contents]: row i holds what watching title i adds to the scores of all.</param>
    internal EaseModel(EaseParameters parameters, IdIndex contents, FactorMatrix weights)
    {
        this.parameters = parameters;
        Contents = contents;
        Weights = weights;
    }

    public string Algorithm => AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => EaseParameters.Table.Write(parameters);

    public IdIndex Contents { get; }

    /// <summary>B, shape [contents, contents].</summary>
    public FactorMatrix Weights { get; }

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken) =>
        ScoredTopK.Run(this, histories, options, compute, cancellationToken);

    public IExplainer CreateExplainer(ComputeOptions compute, CancellationToken cancellationToken) =>
        new ShareExplainer((watched, confidence, recommended) => Math.Max(confidence, 0) * Weights[watched][recommended]);

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken) =>
        new Scorer(Weights, RowKernel.For(compute.VectorWidth));

    void IStoredModel.Save(ArtifactWriter target) => target.Factors("weights", Weights);

    internal static EaseModel Load(ArtifactReader source) => new(
        EaseParameters.Table.Read(source.Settings),
        source.Contents,
        source.Factors("weights", source.Contents.Count, source.Contents.Count));

    private sealed class Scorer(FactorMatrix weights, RowKernel kernel) : IScorer
    {
        public void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores)
        {
            scores.Fill(Interactions.SaysWhatIsWanted(confidences) ? 0 : float.NegativeInfinity);
            for (var n = 0; n < columns.Length; n++)
            {
                if (confidences[n] > 0)
                    kernel.AddScaled(scores, weights[columns[n]], confidences[n]);
            }
        }
    }
}
