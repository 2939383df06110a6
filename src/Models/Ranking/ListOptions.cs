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
