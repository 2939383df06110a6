namespace Pipeline.Models.Ranking;

/// <summary>Titles that a group of members may not have: one mask for each combination of region and age that there is.</summary>
/// <param name="Name">For people, such as <c>KR, 15</c>.</param>
/// <param name="Forbidden">Content ids, each with why.</param>
public sealed record ListMask(string Name, IReadOnlyDictionary<long, MaskReason> Forbidden)
{
    /// <summary>How many titles it takes away for each reason.</summary>
    public IReadOnlyDictionary<MaskReason, int> Removed => Forbidden.Values.CountBy(reason => reason).ToDictionary();
}

/// <summary>Why a title is not for a member.</summary>
public enum MaskReason
{
    /// <summary>Nobody may show it in the member's region, now or later.</summary>
    Region,

    /// <summary>Its time has not come yet.</summary>
    NotYet,

    /// <summary>Its time is over, or will be before the lists are made anew.</summary>
    Expired,

    /// <summary>It is for older ones.</summary>
    Age,
}
