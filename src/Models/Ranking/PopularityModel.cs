using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>One ranking for everybody, by popularity or by trend, less what a member has.</summary>
public sealed class PopularityModel : IScoringModel, IStoredModel
{
    private readonly float[] scores;
    private readonly int[] ranked;

    /// <param name="scores">Of each title, in the order of <paramref name="contents"/>.</param>
    internal PopularityModel(string algorithm, IReadOnlyDictionary<string, string> settings, IdIndex contents, float[] scores)
    {
        Algorithm = algorithm;
        Settings = settings;
        Contents = contents;
        this.scores = scores;
        // OrderBy is stable: equal scores stand in the order of content ids.
        ranked = Enumerable.Range(0, scores.Length).OrderByDescending(item => scores[item]).ToArray();
    }

    /// <param name="memberCounts">Members per title, in the order of <paramref name="contents"/>.</param>
    public PopularityModel(IdIndex contents, IReadOnlyList<int> memberCounts)
        : this(AlgorithmName, new Dictionary<string, string>(StringComparer.Ordinal), contents, [.. memberCounts.Select(count => (float)count)])
    {
    }

    /// <summary>The name in settings and registry.</summary>
    public const string AlgorithmName = "popularity";

    public string Algorithm { get; }

    public IReadOnlyDictionary<string, string> Settings { get; }

    public IdIndex Contents { get; }

    /// <summary>Counts the members who wanted each title; dislikes do not count.</summary>
    public static PopularityModel Train(InteractionMatrix interactions)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        var counts = new int[interactions.Contents.Count];
        for (var content = 0; content < counts.Length; content++)
        {
            foreach (var confidence in interactions.ByContent.Values(content))
                counts[content] += confidence > 0 ? 1 : 0;
        }
        return new PopularityModel(interactions.Contents, counts);
    }

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken) => new Scorer(scores);

    void IStoredModel.Save(ArtifactWriter target) => target.Floats("scores", scores);

    internal static PopularityModel Load(ArtifactReader source) =>
        new(source.Algorithm, source.Settings, source.Contents, source.Floats("scores", source.Contents.Count));

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(options);
        var list = new List<Candidate>(options.K);
        for (var first = 0; first < histories.RowCount; first += TopKWorker.BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var block = new TopKBlock(first, Math.Min(TopKWorker.BlockRows, histories.RowCount - first), options.K);
            for (var row = 0; row < block.RowCount; row++)
            {
                list.Clear();
                var history = histories.Columns(first + row);
                foreach (var item in ranked)
                {
                    if (list.Count == options.K)
                        break;
                    if (history.BinarySearch(item) < 0 && options.Excluded?.Contains(item) != true)
                        list.Add(new Candidate(scores[item], item));
                }
                block.Set(row, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
            }
            yield return block;
        }
    }

    private sealed class Scorer(float[] scores) : IScorer
    {
        public void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> target) => scores.CopyTo(target);
    }
}
