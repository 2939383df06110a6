using Pipeline.Models.Artifacts;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>First stages, and the trees that order what they put forward.</summary>
public sealed class RankerModel : SecondStageModel
{
    public const string AlgorithmName = "ranker";

    private readonly RankerParameters parameters;
    private readonly RegressionTrees trees;

    internal RankerModel(RankerParameters parameters, IScoringModel[] models, CandidateFeatures features, RegressionTrees trees)
        : base(models, features)
    {
        this.parameters = parameters;
        this.trees = trees;
    }

    public override string Algorithm => AlgorithmName;

    public override IReadOnlyDictionary<string, string> Settings => StageParameters.Write(RankerParameters.Table, parameters, InnerSettings());

    private protected override StageParameters Stages => parameters;

    internal static RankerModel Load(ArtifactReader source)
    {
        var (models, features) = LoadStages(source);
        return new RankerModel(
            StageParameters.Read(RankerParameters.Table, source.Settings).Parameters, models, features, RegressionTrees.Load(source));
    }

    private protected override void Save(ArtifactWriter target) => trees.Save(target);

    private protected override ICandidateScorer CreateCandidateScorer() => new TreeScorer(trees);

    private sealed class TreeScorer(RegressionTrees trees) : ICandidateScorer
    {
        public void Begin(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences)
        {
        }

        public float Score(int item, ReadOnlySpan<float> features) => trees.Score(features);
    }
}
