using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>Orders the candidates that first stages put forward; titles that none of them does are on no list.</summary>
public abstract class SecondStageModel : IScoringModel, IExplainingRecommender, IStoredModel
{
    private protected SecondStageModel(IScoringModel[] models, CandidateFeatures features)
    {
        Models = models;
        Features = features;
    }

    public abstract string Algorithm { get; }

    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    public IdIndex Contents => Models[0].Contents;

    private protected IScoringModel[] Models { get; }

    private protected CandidateFeatures Features { get; }

    private protected abstract StageParameters Stages { get; }

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken) =>
        ScoredTopK.Run(this, histories, options, compute, cancellationToken);

    /// <summary>Explains by the first of the first stages that can.</summary>
    public IExplainer CreateExplainer(ComputeOptions compute, CancellationToken cancellationToken) =>
        Models.OfType<IExplainingRecommender>().FirstOrDefault()?.CreateExplainer(compute, cancellationToken) ?? new ShareExplainer((_, _, _) => 0);

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken) =>
        new Scorer(this, new StageScores(Models, compute, cancellationToken));

    void IStoredModel.Save(ArtifactWriter target)
    {
        target.Floats("popularity", Features.Popularity);
        target.Floats("recency", Features.Recency);
        Save(target);
        foreach (var model in Models)
            target.Child(model);
    }

    private protected IEnumerable<KeyValuePair<string, string>> InnerSettings() =>
        Models.SelectMany(model => model.Settings.Select(setting => KeyValuePair.Create($"{model.Algorithm}.{setting.Key}", setting.Value)));

    private protected static (IScoringModel[] Models, CandidateFeatures Features) LoadStages(ArtifactReader source) => (
        [.. source.Children.Select(child => (IScoringModel)ModelForms.Load(child))],
        new CandidateFeatures(source.Floats("popularity", source.Contents.Count), source.Floats("recency", source.Contents.Count)));

    private protected abstract void Save(ArtifactWriter target);

    /// <summary>One worker's ordering.</summary>
    private protected abstract ICandidateScorer CreateCandidateScorer();

    private protected interface ICandidateScorer
    {
        /// <summary>Called once for each history.</summary>
        void Begin(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences);

        /// <param name="features">As <see cref="CandidateFeatures.Fill"/> writes them.</param>
        float Score(int item, ReadOnlySpan<float> features);
    }

    private sealed class Scorer(SecondStageModel model, StageScores stages) : IScorer
    {
        private readonly ICandidateScorer scorer = model.CreateCandidateScorer();
        private readonly float[] features = new float[CandidateFeatures.Count(model.Models.Length)];

        public void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores)
        {
            scores.Fill(float.NegativeInfinity);
            stages.Compute(columns, confidences);
            if (stages.IsSilent)
                return;
            var popular = model.Features.PopularityOf(columns);
            scorer.Begin(columns, confidences);
            foreach (var item in stages.Candidates(columns, model.Stages.Candidates))
            {
                model.Features.Fill(columns, popular, item, model.Models.Length, stage => stages[stage][item], features);
                scores[item] = scorer.Score(item, features);
            }
        }
    }
}
