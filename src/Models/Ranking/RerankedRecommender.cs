using System.Collections.Concurrent;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>
/// A model whose lists are chosen for more than their scores. Scores are lowered where the order asks for it, so that they descend.
/// </summary>
public sealed class RerankedRecommender : IRecommender
{
    private readonly IRecommender model;
    private readonly RerankOptions options;
    private readonly CoWatchCounts shared;
    private readonly ContentGroups groups;

    /// <param name="interactions">What titles are alike by, and how popular they are.</param>
    /// <param name="groups">Kinds of titles over the contents of <paramref name="model"/>; null for head, middle and tail of the catalogue.</param>
    public RerankedRecommender(IRecommender model, InteractionMatrix interactions, RerankOptions options, ContentGroups? groups = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(options);
        this.model = model;
        this.options = options;
        var aligned = new InteractionMatrix(interactions.Users, model.Contents, HistoryAligner.Align(interactions, model.Contents), null);
        shared = new CoWatchCounts(aligned.ByContent.Positive());
        this.groups = groups ?? ContentGroups.ByPopularity(aligned);
    }

    public string Algorithm => model.Algorithm;

    public IReadOnlyDictionary<string, string> Settings => model.Settings;

    public IdIndex Contents => model.Contents;

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(compute);
        var pool = options with { K = (int)Math.Min((long)options.K * this.options.PoolFactor, Math.Max(options.K, Contents.Count)) };
        var idle = new ConcurrentBag<ListChooser>();
        foreach (var block in model.Recommend(histories, pool, compute, cancellationToken))
        {
            var chosen = new TopKBlock(block.FirstRow, block.RowCount, options.K);
            Workers.Run(
                compute.Threads,
                block.RowCount,
                () => idle.TryTake(out var chooser) ? chooser : new ListChooser(shared, groups, this.options),
                (chooser, row) => chosen.Set(row, chooser.Choose(
                    block.Items(row), block.Scores(row), histories.Columns(block.FirstRow + row), histories.Values(block.FirstRow + row), options.K)),
                idle.Add,
                cancellationToken);
            yield return chosen;
        }
    }
}
