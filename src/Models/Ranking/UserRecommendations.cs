namespace Pipeline.Models.Ranking;

/// <summary>Why a title stands on a list.</summary>
public enum ReasonKind
{
    /// <summary>It is like a title of the member's history.</summary>
    BecauseYouWatched,

    /// <summary>Many watch it.</summary>
    Popular,
}

/// <param name="ContentId">The title of the history, for <see cref="ReasonKind.BecauseYouWatched"/>.</param>
public readonly record struct Reason(ReasonKind Kind, long? ContentId = null)
{
    public static Reason Popular { get; } = new(ReasonKind.Popular);
}

public readonly record struct Recommendation(long ContentId, float Score, Reason Reason);

/// <param name="Items">Best first.</param>
public readonly record struct UserRecommendations(long UserId, IReadOnlyList<Recommendation> Items);
