namespace Pipeline.Models.Evaluation;

/// <summary>A title as a file that accompanies ratings has it.</summary>
/// <param name="Name">Empty where the file has none.</param>
/// <param name="Labels">Genres, mostly.</param>
public sealed record LabelledTitle(string Name, IReadOnlyList<string> Labels);

/// <summary>A line of a file of titles: MovieLens' <c>movies.csv</c>, <c>movies.dat</c> and <c>u.item</c>, or only an id and labels.</summary>
internal static class TitleLine
{
    public const string Expected = "expected a title's id first and its labels, separated by '|', last; or MovieLens' u.item";

    // Of u.item, by its README: the last 19 fields say which of these a title is.
    private static readonly string[] ItemGenres =
    [
        "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror",
        "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
    ];

    /// <returns>Null where the line is none.</returns>
    public static (string Id, LabelledTitle Title)? Parse(string text)
    {
        if (Item(text.Split('|')) is { } item)
            return item;
        var separator = SeparatorOf(text);
        var first = text.IndexOf(separator, StringComparison.Ordinal);
        var last = text.LastIndexOf(separator, StringComparison.Ordinal);
        if (first <= 0)
            return null;
        var name = first == last ? "" : text[(first + separator.Length)..last].Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal);
        return (text[..first], new LabelledTitle(name, text[(last + separator.Length)..].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>What separates the fields of a line: a tab, two colons or a comma.</summary>
    public static string SeparatorOf(string line) =>
        line.Contains('\t', StringComparison.Ordinal) ? "\t" : line.Contains("::", StringComparison.Ordinal) ? "::" : ",";

    private static (string Id, LabelledTitle Title)? Item(string[] fields)
    {
        if (fields.Length < ItemGenres.Length + 2 || fields[0].Length == 0)
            return null;
        var flags = fields.AsSpan(fields.Length - ItemGenres.Length);
        var labels = new List<string>();
        for (var n = 0; n < flags.Length; n++)
        {
            if (flags[n] is not ("0" or "1"))
                return null;
            if (flags[n] == "1")
                labels.Add(ItemGenres[n]);
        }
        return (fields[0], new LabelledTitle(fields[1], labels));
    }
}
