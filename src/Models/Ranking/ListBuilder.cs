using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Ranking;

/// <summary>Makes the lists that are published: exact best titles, none that the member has, each with its reason.</summary>
public sealed class ListBuilder(IRecommender model, ListOptions options, ComputeOptions compute)
{
    /// <summary>
    /// One list for every member of <paramref name="histories"/>, in ascending order of user id. The histories may be newer than the
    /// model: titles it does not know are kept off the list and count for nothing else.
    /// </summary>
    /// <exception cref="OperationCanceledException">Checked for every block of members.</exception>
    public IEnumerable<UserRecommendations> Build(InteractionMatrix histories, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var aligned = HistoryAligner.Align(histories, model.Contents);
        var excluded = options.ExcludedContents.Select(model.Contents.IndexOf).Where(index => index >= 0).ToHashSet();
        var idle = new System.Collections.Concurrent.ConcurrentBag<IExplainer>();
        var byContent = new Lazy<SparseMatrix>(() => aligned.Transpose().Positive());
        foreach (var block in model.Recommend(aligned, new TopKOptions(options.Length, excluded), compute, cancellationToken))
        {
            var lists = new UserRecommendations[block.RowCount];
            Workers.Run(
                compute.Threads,
                block.RowCount,
                () => idle.TryTake(out var explainer) ? explainer : CreateExplainer(byContent, cancellationToken),
                (explainer, row) => lists[row] = BuildOne(histories, aligned, block, row, explainer),
                idle.Add,
                cancellationToken);
            foreach (var list in lists)
                yield return list;
        }
    }

    private IExplainer CreateExplainer(Lazy<SparseMatrix> byContent, CancellationToken cancellationToken) => model is IExplainingRecommender explaining
        ? explaining.CreateExplainer(compute with { Threads = 1 }, cancellationToken)
        : new CoWatchExplainer(byContent.Value);

    private UserRecommendations BuildOne(InteractionMatrix histories, SparseMatrix aligned, TopKBlock block, int row, IExplainer explainer)
    {
        var user = block.FirstRow + row;
        var list = new List<Recommendation>(options.Length);
        var known = aligned.Columns(user);
        var confidences = aligned.Values(user);
        if (SaysWhatIsWanted(confidences))
            AddRanked(list, known, confidences, block.Items(row), block.Scores(row), explainer);
        AddPopular(list, histories, user);
        return new UserRecommendations(histories.Users[user], list);
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

    private void AddPopular(List<Recommendation> list, InteractionMatrix histories, int user)
    {
        if (list.Count >= options.Length)
            return;
        var listed = list.Select(item => item.ContentId).ToHashSet();
        foreach (var content in options.Popular)
        {
            if (list.Count == options.Length)
                return;
            var index = histories.Contents.IndexOf(content);
            if ((index >= 0 && histories.ByUser.Columns(user).BinarySearch(index) >= 0)
                || options.ExcludedContents.Contains(content)
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
