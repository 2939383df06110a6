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
        var everybodys = popular.Take(topK).Select(id => new ListedItem(id, 0, Translate(Reason.Popular))).ToArray();
        // A model of some time ago may know titles that nobody has watched within the range of events.
        var gone = model.Contents.Ids.ToArray().Where(id => !data.MayList(id)).ToHashSet();
        var options = new ListOptions
        {
            Length = topK,
            Popular = popular,
            ExcludedContents = gone,
            Rerank = rerank,
            Kinds = rerank.IsNone ? null : data.Titles.GenresOf(model.Contents),
        };
        var lists = new ListBuilder(model, options, ComputeOptions.Default);
        foreach (var list in lists.Build(data.Interactions, cancellationToken))
            // Who has watched the whole catalogue gets what is popular in it once more.
            yield return new RecommendationList(list.UserId, list.Items.Count == 0 ? everybodys : [.. list.Items.Select(Translate)]);

        // Events that say nothing of taste, such as impressions: the model has not heard of these members.
        foreach (long member in data.Members)
            if (data.Interactions.Users.IndexOf(member) < 0)
                yield return new RecommendationList(member, everybodys);
    }

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
