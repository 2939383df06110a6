using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Titles;

/// <summary>
/// Recommends by what titles are: the cosine of a title's features with the member's profile, the sum of the features of their history
/// by signed confidence. Confidences have decayed by age when they come here (SignalWeights.RecencyHalfLifeDays), and so has the profile.
/// </summary>
public sealed class ContentModel : IScoringModel, IExplainingRecommender, IStoredModel
{
    public const string AlgorithmName = "content";

    private readonly ContentParameters parameters;

    internal ContentModel(ContentParameters parameters, IdIndex contents, SparseMatrix features)
    {
        this.parameters = parameters;
        Contents = contents;
        Features = features;
    }

    public string Algorithm => AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => ContentParameters.Table.Write(parameters);

    public IdIndex Contents { get; }

    /// <summary>Shape [contents, D], rows of length 1, or empty.</summary>
    internal SparseMatrix Features { get; }

    /// <summary>A model of what is known of titles, watched or not: new ones are recommended from their first day.</summary>
    /// <exception cref="AlgorithmSettingException">Nothing is known of any of them.</exception>
    public static ContentModel Create(ContentParameters parameters, IdIndex contents, ITitleCatalogue titles)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(titles);
        var features = TitleFeatures.Of(contents, titles, parameters.Weights, parameters.Dimensions);
        return features.Count > 0
            ? new ContentModel(parameters, contents, features)
            : throw new AlgorithmSettingException($"{AlgorithmName}: nothing is known of any of the {contents.Count:N0} titles.");
    }

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken) =>
        ScoredTopK.Run(this, histories, options, compute, cancellationToken);

    public IExplainer CreateExplainer(ComputeOptions compute, CancellationToken cancellationToken) => new ShareExplainer(Share);

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken) => new Scorer(Features);

    void IStoredModel.Save(ArtifactWriter target) => target.Sparse("features", Features);

    internal static ContentModel Load(ArtifactReader source)
    {
        var trained = ContentParameters.Table.Read(source.Settings);
        return new ContentModel(trained, source.Contents, source.Sparse("features", source.Contents.Count, trained.Dimensions));
    }

    private float Share(int watched, float confidence, int recommended)
    {
        var columns = Features.Columns(watched);
        var others = Features.Columns(recommended);
        var sum = 0f;
        for (int n = 0, m = 0; n < columns.Length && m < others.Length;)
        {
            if (columns[n] == others[m])
                sum += Features.Values(watched)[n++] * Features.Values(recommended)[m++];
            else if (columns[n] < others[m])
                n++;
            else
                m++;
        }
        return confidence * sum;
    }

    private sealed class Scorer(SparseMatrix features) : IScorer
    {
        private readonly float[] profile = new float[features.ColumnCount];

        public void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores)
        {
            Array.Clear(profile);
            if (Interactions.SaysWhatIsWanted(confidences))
            {
                for (var n = 0; n < columns.Length; n++)
                    Add(columns[n], confidences[n]);
            }
            var squares = 0.0;
            foreach (var value in profile)
                squares += (double)value * value;
            var scale = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
            for (var title = 0; title < scores.Length; title++)
            {
                var cosine = (float)(Product(title) * scale);
                scores[title] = cosine > 0 ? cosine : float.NegativeInfinity;
            }
        }

        private void Add(int title, float confidence)
        {
            var places = features.Columns(title);
            var values = features.Values(title);
            for (var n = 0; n < places.Length; n++)
                profile[places[n]] += confidence * values[n];
        }

        private double Product(int title)
        {
            var places = features.Columns(title);
            var values = features.Values(title);
            var sum = 0.0;
            for (var n = 0; n < places.Length; n++)
                sum += (double)profile[places[n]] * values[n];
            return sum;
        }
    }
}
