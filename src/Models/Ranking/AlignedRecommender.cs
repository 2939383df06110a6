using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>A model behind another catalogue than its own, such as today's: titles that it does not know are never on its lists.</summary>
public sealed class AlignedRecommender : IRecommender
{
    private readonly IRecommender model;
    private readonly int[] outward;
    private readonly HashSet<int> gone;

    public AlignedRecommender(IRecommender model, IdIndex contents)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(contents);
        this.model = model;
        Contents = contents;
        outward = contents.IndexesOf(model.Contents.Ids);
        gone = [.. Enumerable.Range(0, outward.Length).Where(content => outward[content] < 0)];
    }

    public string Algorithm => model.Algorithm;

    public IReadOnlyDictionary<string, string> Settings => model.Settings;

    public IdIndex Contents { get; }

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(options);
        var excluded = gone;
        if (options.Excluded is { Count: > 0 } unwanted)
        {
            excluded = [.. gone];
            excluded.UnionWith(Enumerable.Range(0, outward.Length).Where(content => unwanted.Contains(outward[content])));
        }
        var inner = HistoryAligner.Align(histories, Contents, model.Contents);
        var list = new List<Candidate>(options.K);
        foreach (var block in model.Recommend(inner, options with { Excluded = excluded }, compute, cancellationToken))
        {
            var turned = new TopKBlock(block.FirstRow, block.RowCount, options.K);
            for (var row = 0; row < block.RowCount; row++)
            {
                list.Clear();
                for (var n = 0; n < block.Items(row).Length; n++)
                    list.Add(new Candidate(block.Scores(row)[n], outward[block.Items(row)[n]]));
                turned.Set(row, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(list));
            }
            yield return turned;
        }
    }
}
