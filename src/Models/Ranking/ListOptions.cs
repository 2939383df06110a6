namespace Pipeline.Models.Ranking;

public sealed record ListOptions
{
    /// <summary>Titles per list.</summary>
    public int Length { get; init; } = 50;

    /// <summary>Ids of titles that nobody gets: unlicensed, expired, or above the maturity asked for.</summary>
    public IReadOnlySet<long> ExcludedContents { get; init; } = new HashSet<long>();

    /// <summary>
    /// Titles, best first, for members whose history says nothing to the model, and for lists that the model cannot fill. They
    /// follow the model's own with score 0.
    /// </summary>
    public IReadOnlyList<long> Popular { get; init; } = [];
}
