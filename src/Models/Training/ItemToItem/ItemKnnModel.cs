using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>Titles with their neighbours. It keeps no member: a history is scored as it comes.</summary>
public sealed class ItemKnnModel : IScoringModel, IExplainingRecommender, IStoredModel
{
    public const string AlgorithmName = "item-knn";

    private readonly ItemKnnParameters parameters;

    /// <param name="neighbours">Shape [contents, contents]: row i holds what watching title i adds to the scores of others.</param>
    internal ItemKnnModel(ItemKnnParameters parameters, IdIndex contents, SparseMatrix neighbours)
    {
        this.parameters = parameters;
        Contents = contents;
        Neighbours = neighbours;
    }

    public string Algorithm => AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => ItemKnnParameters.Table.Write(parameters);

    public IdIndex Contents { get; }

    internal SparseMatrix Neighbours { get; }

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken) =>
        ScoredTopK.Run(this, histories, options, compute, cancellationToken);

    public IExplainer CreateExplainer(ComputeOptions compute, CancellationToken cancellationToken) => new ShareExplainer(Share);

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken) => new Scorer(Neighbours);

    void IStoredModel.Save(ArtifactWriter target) => target.Sparse("neighbours", Neighbours);

    internal static ItemKnnModel Load(ArtifactReader source) => new(
        ItemKnnParameters.Table.Read(source.Settings),
        source.Contents,
        source.Sparse("neighbours", source.Contents.Count, source.Contents.Count));

    private float Share(int watched, float confidence, int recommended)
    {
        var n = confidence > 0 ? Neighbours.Columns(watched).BinarySearch(recommended) : -1;
        return n < 0 ? 0 : confidence * Neighbours.Values(watched)[n];
    }

    private sealed class Scorer(SparseMatrix neighbours) : IScorer
    {
        public void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores)
        {
            scores.Clear();
            for (var n = 0; n < columns.Length; n++)
            {
                if (confidences[n] <= 0)
                    continue;
                var others = neighbours.Columns(columns[n]);
                var similarities = neighbours.Values(columns[n]);
                for (var m = 0; m < others.Length; m++)
                    scores[others[m]] += confidences[n] * similarities[m];
            }
            scores.Replace(0, float.NegativeInfinity);
        }
    }
}
