using Pipeline.Models.Evaluation;

namespace Pipeline.Models.Ranking;

public sealed record ListOptions
{
    /// <summary>Titles per list.</summary>
    public int Length { get; init; } = 50;

    /// <summary>Ids of titles that nobody gets.</summary>
    public IReadOnlySet<long> ExcludedContents { get; init; } = new HashSet<long>();

    /// <summary>What members of a group may not have, beyond <see cref="ExcludedContents"/>.</summary>
    public IReadOnlyList<ListMask> Masks { get; init; } = [];

    /// <summary>The place of a member's mask among <see cref="Masks"/>, or −1 for none; null where nobody has one.</summary>
    public Func<long, int>? MaskOf { get; init; }

    /// <summary>
    /// Titles, best first, for members whose history says nothing to the model, and for lists that the model cannot fill. They
    /// follow the model's own with score 0.
    /// </summary>
    public IReadOnlyList<long> Popular { get; init; } = [];

    public RerankOptions Rerank { get; init; } = RerankOptions.None;

    /// <summary>Kinds of titles over the model's contents, for calibration; null for head, middle and tail of the catalogue.</summary>
    public ContentGroups? Kinds { get; init; }
}

/// <summary>Titles that a group of members may not have: one mask for each combination of region and maturity that there is.</summary>
/// <param name="Name">For people, such as <c>KR, 15</c>.</param>
/// <param name="Forbidden">Content ids.</param>
public sealed record ListMask(string Name, IReadOnlySet<long> Forbidden)
{
    /// <summary>The mask of members of a region who may see titles up to a maturity.</summary>
    /// <param name="region">ISO 3166 alpha-2.</param>
    /// <param name="maturity">Least age; titles above it are forbidden.</param>
    /// <param name="nextRefresh">When the lists are made anew (UTC): what expires before that is forbidden now.</param>
    public static ListMask Of(string region, int maturity, IEnumerable<TitleRights> titles, DateTime nextRefresh)
    {
        ArgumentNullException.ThrowIfNull(titles);
        return new ListMask(
            FormattableString.Invariant($"{region}, {maturity}"),
            titles.Where(title => !title.AreGranted(region, maturity, nextRefresh)).Select(title => title.ContentId).ToHashSet());
    }
}

/// <summary>Who may see a title, and until when.</summary>
/// <param name="Regions">ISO 3166 alpha-2; null for everywhere.</param>
/// <param name="Maturity">Least age of a profile.</param>
/// <param name="ExpiresAt">UTC; null for never.</param>
public sealed record TitleRights(long ContentId, IReadOnlySet<string>? Regions, int Maturity, DateTime? ExpiresAt)
{
    internal bool AreGranted(string region, int maturity, DateTime nextRefresh) =>
        Regions?.Contains(region) != false && Maturity <= maturity && !(ExpiresAt < nextRefresh);
}
