using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Blending;

/// <summary>First stages with the weights of their standardised scores.</summary>
public sealed class BlendModel : IScoringModel, IExplainingRecommender, IStoredModel
{
    public const string AlgorithmName = "blend";

    private readonly BlendParameters parameters;
    private readonly IScoringModel[] models;
    private readonly float[] weights;

    internal BlendModel(BlendParameters parameters, IScoringModel[] models, float[] weights)
    {
        this.parameters = parameters;
        this.models = models;
        this.weights = weights;
    }

    public string Algorithm => AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => StageParameters.Write(
        BlendParameters.Table,
        parameters,
        models.SelectMany(model => model.Settings.Select(setting => KeyValuePair.Create($"{model.Algorithm}.{setting.Key}", setting.Value))));

    public IdIndex Contents => models[0].Contents;

    /// <summary>Weight of each first stage, by algorithm; of sum 1.</summary>
    public IReadOnlyDictionary<string, float> Weights => models.Zip(weights).ToDictionary(pair => pair.First.Algorithm, pair => pair.Second);

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken) =>
        ScoredTopK.Run(this, histories, options, compute, cancellationToken);

    /// <summary>Explains by the first stage with the greatest weight of those that can.</summary>
    public IExplainer CreateExplainer(ComputeOptions compute, CancellationToken cancellationToken) =>
        models.Zip(weights).OrderByDescending(pair => pair.Second).Select(pair => pair.First).OfType<IExplainingRecommender>().FirstOrDefault()
            ?.CreateExplainer(compute, cancellationToken) ?? new ShareExplainer((_, _, _) => 0);

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken)
    {
        // What has no weight need not be scored.
        var used = models.Zip(weights).Where(pair => pair.Second > 0).ToArray();
        return new Scorer(new StageScores([.. used.Select(pair => pair.First)], compute, cancellationToken), [.. used.Select(pair => pair.Second)]);
    }

    void IStoredModel.Save(ArtifactWriter target)
    {
        target.Floats("weights", weights);
        foreach (var model in models)
            target.Child(model);
    }

    internal static BlendModel Load(ArtifactReader source)
    {
        var blended = source.Children.Select(child => (IScoringModel)ModelForms.Load(child)).ToArray();
        return new BlendModel(StageParameters.Read(BlendParameters.Table, source.Settings).Parameters, blended, source.Floats("weights", blended.Length));
    }

    private sealed class Scorer(StageScores stages, float[] weights) : IScorer
    {
        public void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores)
        {
            stages.Compute(columns, confidences);
            if (stages.IsSilent)
            {
                scores.Fill(float.NegativeInfinity);
                return;
            }
            scores.Clear();
            for (var model = 0; model < weights.Length; model++)
            {
                var own = stages[model];
                for (var item = 0; item < scores.Length; item++)
                    scores[item] += weights[model] * own[item];
            }
        }
    }
}
