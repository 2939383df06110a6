using Pipeline.Models.Artifacts;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>First stages, and the field-aware factorization machine that orders what they put forward.</summary>
public sealed class FfmModel : SecondStageModel
{
    public const string AlgorithmName = "ffm";

    private readonly FfmParameters parameters;
    private readonly FieldAwareWeights weights;

    internal FfmModel(FfmParameters parameters, IScoringModel[] models, CandidateFeatures features, FieldAwareWeights weights)
        : base(models, features)
    {
        this.parameters = parameters;
        this.weights = weights;
    }

    public override string Algorithm => AlgorithmName;

    public override IReadOnlyDictionary<string, string> Settings => StageParameters.Write(FfmParameters.Table, parameters, InnerSettings());

    private protected override StageParameters Stages => parameters;

    internal static FfmModel Load(ArtifactReader source)
    {
        var (models, features) = LoadStages(source);
        var trained = StageParameters.Read(FfmParameters.Table, source.Settings).Parameters;
        return new FfmModel(
            trained, models, features, FieldAwareWeights.Load(source, CandidateFeatures.Count(models.Length), trained.Latent));
    }

    /// <summary>A history as a vector: its wanted titles, alike, of length 1.</summary>
    internal static (int[] Columns, float[] Values) History(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences)
    {
        var wanted = new List<int>(columns.Length);
        for (var n = 0; n < columns.Length; n++)
        {
            if (confidences[n] > 0)
                wanted.Add(columns[n]);
        }
        var values = new float[wanted.Count];
        Array.Fill(values, 1 / MathF.Sqrt(wanted.Count));
        return ([.. wanted], values);
    }

    /// <summary>The score of one example, but for what its history's features say alone.</summary>
    internal static float ScoreOf(FieldAwareWeights weights, FieldAwareWeights.Example example)
    {
        var confidences = new float[example.Columns.Length];
        Array.Fill(confidences, 1);
        var scorer = new MachineScorer(weights);
        scorer.Begin(example.Columns, confidences);
        return scorer.Score(example.Item, example.Features);
    }

    private protected override void Save(ArtifactWriter target) => weights.Save(target);

    private protected override ICandidateScorer CreateCandidateScorer() => new MachineScorer(weights);

    /// <summary>Keeps what the history adds, since it is the same for all candidates.</summary>
    private sealed class MachineScorer(FieldAwareWeights weights) : ICandidateScorer
    {
        // Σ_j x_j v_{j,f} of the history's features, by field f.
        private readonly float[][] history = [.. Enumerable.Range(0, FieldAwareWeights.Fields).Select(_ => new float[weights.Dimensions])];
        private readonly float[] toHistory = new float[weights.Dimensions];
        private readonly float[] toItem = new float[weights.Dimensions];

        public void Begin(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences)
        {
            foreach (var sum in history)
                Array.Clear(sum);
            var (wanted, values) = History(columns, confidences);
            for (var n = 0; n < wanted.Length; n++)
            {
                for (var field = 0; field < FieldAwareWeights.Fields; field++)
                    Add(history[field], weights.Latent(wanted[n], field), values[n]);
            }
            // What the history's features say to one another moves all candidates alike, and is left out.
        }

        public float Score(int item, ReadOnlySpan<float> features)
        {
            var feature = weights.Catalogue + item;
            var first = 2 * weights.Catalogue;
            Array.Clear(toHistory);
            Array.Clear(toItem);
            var score = weights.Linear[feature] + Dot(history[1], weights.Latent(feature, 0));
            for (var n = 0; n < features.Length; n++)
            {
                score += weights.Linear[first + n] * features[n];
                Add(toHistory, weights.Latent(first + n, 0), features[n]);
                Add(toItem, weights.Latent(first + n, 1), features[n]);
                for (var m = 0; m < n; m++)
                    score += features[n] * features[m] * Dot(weights.Latent(first + n, 2), weights.Latent(first + m, 2));
            }
            return score + Dot(history[2], toHistory) + Dot(weights.Latent(feature, 2), toItem);
        }

        private static void Add(Span<float> target, ReadOnlySpan<float> source, float scale)
        {
            for (var n = 0; n < target.Length; n++)
                target[n] += scale * source[n];
        }

        private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
        {
            var sum = 0f;
            for (var n = 0; n < x.Length; n++)
                sum += x[n] * y[n];
            return sum;
        }
    }
}
