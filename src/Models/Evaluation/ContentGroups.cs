using Pipeline.Models.Features;

namespace Pipeline.Models.Evaluation;

/// <summary>Which groups a title belongs to, such as genres: what calibration is measured over.</summary>
public sealed class ContentGroups
{
    /// <summary>The group of titles that nobody has named one for.</summary>
    public const string Unknown = "unknown";

    private ContentGroups(string kind, IReadOnlyList<string> names, SparseMatrix weights)
    {
        Kind = kind;
        Names = names;
        Weights = weights;
    }

    /// <summary>What kind of groups they are, for reports.</summary>
    public string Kind { get; }

    public IReadOnlyList<string> Names { get; }

    /// <summary>p(g|i), shape [titles, groups]; each row adds up to 1.</summary>
    public SparseMatrix Weights { get; }

    /// <summary>Genres, or whatever else titles are labelled with; a title's labels weigh alike.</summary>
    /// <param name="labels">Labels of a content id; empty where it has none.</param>
    /// <param name="kind">What the labels are.</param>
    public static ContentGroups ByLabels(IdIndex contents, Func<long, IReadOnlyList<string>> labels, string kind = "genres")
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(labels);
        var rows = new string[contents.Count][];
        for (var content = 0; content < rows.Length; content++)
        {
            rows[content] = [.. labels(contents[content]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (rows[content].Length == 0)
                rows[content] = [Unknown];
        }
        string[] names = [.. rows.SelectMany(row => row).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new ContentGroups(kind, names, Rows(rows.Select(row => row.Select(label => Array.BinarySearch(names, label, StringComparer.Ordinal)).ToArray()), names.Length));
    }

    /// <summary>
    /// Head, middle and tail of the catalogue, where nothing else is known of titles: the most popular titles with a fifth of all
    /// interactions, the least popular with a fifth, and the rest. H. Abdollahpouri et al., "User-centered Evaluation of Popularity Bias in
    /// Recommender Systems", UMAP 2021.
    /// </summary>
    public static ContentGroups ByPopularity(InteractionMatrix train)
    {
        ArgumentNullException.ThrowIfNull(train);
        const double Share = 0.2;
        var wantedBy = train.ByContent.Positive();
        var group = new int[train.Contents.Count];
        var before = 0L;
        foreach (var content in Enumerable.Range(0, group.Length).OrderByDescending(wantedBy.RowLength))
        {
            group[content] = before < Share * wantedBy.Count ? 0 : before < (1 - Share) * wantedBy.Count ? 1 : 2;
            before += wantedBy.RowLength(content);
        }
        return new ContentGroups("popularity", ["head", "middle", "tail"], Rows(group.Select(index => new[] { index }), 3));
    }

    private static SparseMatrix Rows(IEnumerable<int[]> rows, int groups)
    {
        var builder = new SparseBuilder(groups);
        foreach (var row in rows)
        {
            foreach (var group in row)
                builder.Add(group, 1f / row.Length);
            builder.EndRow();
        }
        return builder.Build();
    }
}
