namespace Pipeline.Models.Ranking;

/// <summary>A time in which a title may be shown.</summary>
/// <param name="Region">ISO 3166 alpha-2, or <see cref="Everywhere"/>.</param>
/// <param name="From">UTC.</param>
/// <param name="Until">UTC, itself not in it; null for ever.</param>
public readonly record struct LicenceWindow(string Region, DateTime From, DateTime? Until)
{
    /// <summary>The region of a window that is open in all of them.</summary>
    public const string Everywhere = "ALL";
}

/// <summary>Who may see which title, where, and until when. A title without a window is licensed everywhere and for ever.</summary>
/// <param name="windows">By content id.</param>
/// <param name="minAges">By content id, of titles that have one.</param>
/// <param name="now">UTC; when the lists begin to be shown.</param>
/// <param name="nextRefresh">UTC; until when they are: what expires before is forbidden now.</param>
public sealed class TitleRights(
    ILookup<long, LicenceWindow> windows, IReadOnlyDictionary<long, int> minAges, DateTime now, DateTime nextRefresh)
{
    /// <summary>The age of a member who may see everything.</summary>
    public const int AnyAge = int.MaxValue;

    // Kept, since titles are many and regions few: what is forbidden in a region, whatever the age.
    private readonly Dictionary<string, Dictionary<long, MaskReason>> byRegion = new(StringComparer.Ordinal);

    /// <summary>Whether there is nothing to mask anywhere.</summary>
    public bool AreFree { get; } = windows.Count == 0 && minAges.Count == 0;

    /// <summary>The mask of members of a region of some age.</summary>
    /// <param name="region">ISO 3166 alpha-2; null where it is not known: then only what is licensed everywhere may be seen.</param>
    public ListMask MaskOf(string? region, int age)
    {
        var forbidden = new Dictionary<long, MaskReason>(In(region));
        foreach (var (content, least) in minAges)
        {
            if (least > age)
                forbidden.TryAdd(content, MaskReason.Age);
        }
        return new ListMask(FormattableString.Invariant($"{region ?? "no region"}, {(age == AnyAge ? "any age" : age)}"), forbidden);
    }

    /// <summary>Why a title may not be seen there at that age; null where it may.</summary>
    public MaskReason? ReasonAgainst(string? region, int age, long content) => In(region).TryGetValue(content, out var reason)
        ? reason
        : minAges.TryGetValue(content, out var least) && least > age ? MaskReason.Age : null;

    private Dictionary<long, MaskReason> In(string? region)
    {
        region ??= LicenceWindow.Everywhere;
        if (byRegion.TryGetValue(region, out var known))
            return known;
        var forbidden = new Dictionary<long, MaskReason>();
        foreach (var title in windows)
        {
            if (ReasonAgainst(title, region) is { } reason)
                forbidden.Add(title.Key, reason);
        }
        return byRegion[region] = forbidden;
    }

    private MaskReason? ReasonAgainst(IEnumerable<LicenceWindow> title, string region)
    {
        var reason = MaskReason.Region;
        foreach (var window in title)
        {
            if (window.Region != region && window.Region != LicenceWindow.Everywhere)
                continue;
            if (window.From > now)
                reason = MaskReason.NotYet;
            else if (window.Until is { } end && end < nextRefresh)
                reason = reason == MaskReason.NotYet ? reason : MaskReason.Expired;
            else
                return null;
        }
        return reason;
    }
}
