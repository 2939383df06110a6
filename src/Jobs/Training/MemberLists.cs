using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Jobs.Training;

/// <summary>A list for every active member, as it is published.</summary>
internal static class MemberLists
{
    /// <summary>More digits cost bytes and tell nothing.</summary>
    private const int ScoreDigits = 6;

    public static IEnumerable<RecommendationList> Build(IRecommender model, TrainingData data, int topK, RerankOptions rerank, CancellationToken cancellationToken)
    {
        var popular = data.Popular();
        var options = new ListOptions
        {
            Length = topK,
            Popular = popular,
            ExcludedContents = Gone(model, data),
            Masks = data.Masks,
            MaskOf = data.Masks.AreFree ? null : data.Masks.PlaceOf,
            Rerank = rerank,
            Kinds = rerank.IsNone ? null : data.Titles.GenresOf(model.Contents),
        };
        // Who has had everything that they may have gets an empty list: nothing is left for them.
        foreach (var list in new ListBuilder(model, options, ComputeOptions.Default).Build(data.Interactions, cancellationToken))
            yield return new RecommendationList(list.UserId, [.. list.Items.Select(Translate)]);

        // Events that say nothing of taste, such as impressions: the model has not heard of these members.
        var everybodys = new Dictionary<int, ListedItem[]>();
        foreach (long member in data.Members)
        {
            if (data.Interactions.Users.IndexOf(member) >= 0)
                continue;
            int mask = data.Masks.PlaceOf(member);
            if (!everybodys.TryGetValue(mask, out var items))
                everybodys[mask] = items = Popular(popular, mask < 0 ? null : data.Masks[mask], topK);
            yield return new RecommendationList(member, items);
        }
    }

    /// <summary>Titles that a model of some time ago knows and that nobody has watched within the range of events: they are on no list.</summary>
    public static IReadOnlySet<long> Gone(IRecommender model, TrainingData data) => model.Contents.Ids.ToArray().Where(id => !data.MayList(id)).ToHashSet();

    private static ListedItem[] Popular(IReadOnlyList<long> titles, ListMask? mask, int topK) =>
        [.. titles.Where(id => mask?.Forbidden.ContainsKey(id) != true).Take(topK).Select(id => new ListedItem(id, 0, Translate(Reason.Popular)))];

    /// <summary>Scores below 0 would stand above the popular titles that fill a list up, which have 0.</summary>
    private static ListedItem Translate(Recommendation item) =>
        new(item.ContentId, Math.Round(Math.Max(0, item.Score), ScoreDigits), Translate(item.Reason));

    private static ListReason Translate(Reason reason) => reason.Kind switch
    {
        ReasonKind.BecauseYouWatched => new ListReason("because_you_watched", reason.ContentId),
        ReasonKind.Popular => new ListReason("popular"),
        _ => throw new System.Diagnostics.UnreachableException($"{reason.Kind} is no reason"),
    };
}
