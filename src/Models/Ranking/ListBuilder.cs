using System.Collections.Concurrent;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>Makes the lists that are published: best titles, none that the member has or may not have, each with its reason.</summary>
public sealed class ListBuilder(IRecommender model, ListOptions options, ComputeOptions compute)
{
    /// <summary>
    /// One list for every member of <paramref name="histories"/>: those without a mask first, then those of each mask, in ascending order
    /// of user id. The histories may be newer than the model: titles it does not know are kept off the list and count for nothing else.
    /// </summary>
    /// <exception cref="OperationCanceledException">Checked for every block of members.</exception>
    public IEnumerable<UserRecommendations> Build(InteractionMatrix histories, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var aligned = HistoryAligner.Align(histories, model.Contents);
        var shared = new Lazy<CoWatchCounts>(() => new CoWatchCounts(aligned.Transpose().Positive()));
        var ranker = options.Rerank.IsNone ? model : new RerankedRecommender(model, histories, options.Rerank, options.Kinds);
        var idle = new ConcurrentBag<IExplainer>();
        foreach (var (mask, members) in Groups(histories))
        {
            var forbidden = mask < 0 ? options.ExcludedContents : options.Masks[mask].Forbidden.Keys.Union(options.ExcludedContents).ToHashSet();
            var excluded = forbidden.Select(model.Contents.IndexOf).Where(index => index >= 0).ToHashSet();
            var rows = members.Length == aligned.RowCount ? aligned : aligned.OfRows(members);
            foreach (var block in ranker.Recommend(rows, new TopKOptions(options.Length, excluded), compute, cancellationToken))
            {
                var lists = new UserRecommendations[block.RowCount];
                Workers.Run(
                    compute.Threads,
                    block.RowCount,
                    () => idle.TryTake(out var explainer) ? explainer : CreateExplainer(shared, cancellationToken),
                    (explainer, row) => lists[row] = BuildOne(histories, members[block.FirstRow + row], rows, block, row, forbidden, explainer),
                    idle.Add,
                    cancellationToken);
                foreach (var list in lists)
                    yield return list;
            }
        }
    }

    /// <summary>Rows of the histories by mask.</summary>
    private IEnumerable<(int Mask, int[] Members)> Groups(InteractionMatrix histories)
    {
        var members = Enumerable.Range(0, histories.Users.Count);
        return options.MaskOf is { } maskOf
            ? members.GroupBy(row => maskOf(histories.Users[row])).OrderBy(group => group.Key).Select(group => (group.Key, group.ToArray()))
            : [(-1, members.ToArray())];
    }

    private IExplainer CreateExplainer(Lazy<CoWatchCounts> shared, CancellationToken cancellationToken) => model is IExplainingRecommender explaining
        ? explaining.CreateExplainer(compute with { Threads = 1 }, cancellationToken)
        : new CoWatchExplainer(shared.Value);

    private UserRecommendations BuildOne(
        InteractionMatrix histories, int member, SparseMatrix rows, TopKBlock block, int row, IReadOnlySet<long> forbidden, IExplainer explainer)
    {
        var list = new List<Recommendation>(options.Length);
        var known = rows.Columns(block.FirstRow + row);
        var confidences = rows.Values(block.FirstRow + row);
        if (SaysWhatIsWanted(confidences))
            AddRanked(list, known, confidences, block.Items(row), block.Scores(row), explainer);
        AddPopular(list, histories, member, forbidden);
        return new UserRecommendations(histories.Users[member], list);
    }

    private void AddRanked(
        List<Recommendation> list,
        ReadOnlySpan<int> known,
        ReadOnlySpan<float> confidences,
        ReadOnlySpan<int> items,
        ReadOnlySpan<float> scores,
        IExplainer explainer)
    {
        var because = new int[items.Length];
        explainer.Explain(known, confidences, items, because);
        for (var n = 0; n < items.Length; n++)
        {
            var reason = because[n] < 0
                ? Reason.Popular
                : new Reason(ReasonKind.BecauseYouWatched, model.Contents[because[n]]);
            list.Add(new Recommendation(model.Contents[items[n]], scores[n], reason));
        }
    }

    private void AddPopular(List<Recommendation> list, InteractionMatrix histories, int member, IReadOnlySet<long> forbidden)
    {
        if (list.Count >= options.Length)
            return;
        var listed = list.Select(item => item.ContentId).ToHashSet();
        foreach (var content in options.Popular)
        {
            if (list.Count == options.Length)
                return;
            var index = histories.Contents.IndexOf(content);
            if ((index >= 0 && histories.ByUser.Columns(member).BinarySearch(index) >= 0)
                || forbidden.Contains(content)
                || !listed.Add(content))
            {
                continue;
            }
            list.Add(new Recommendation(content, 0, Reason.Popular));
        }
    }

    private static bool SaysWhatIsWanted(ReadOnlySpan<float> confidences)
    {
        foreach (var confidence in confidences)
        {
            if (confidence > 0)
                return true;
        }
        return false;
    }
}
