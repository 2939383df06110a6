using System.Text;

namespace Pipeline.Models.Evaluation;

/// <summary>Reads what is known of members and of titles from text files that accompany ratings.</summary>
public static class AttributeReader
{
    private const string ExpectedMembers = "expected a header 'user,region,device' and lines of a member with as many fields";

    /// <summary>
    /// Attributes of members: a header that names the columns, the first being the member, and a line for each; fields are
    /// separated by tab, comma or two colons. An empty field is not known.
    /// </summary>
    /// <param name="users">As for the ratings.</param>
    /// <param name="file">Name for messages.</param>
    /// <returns>Value by member, by attribute in the order of the columns.</returns>
    /// <exception cref="RatingFormatException">Names file, line and what was expected.</exception>
    public static IReadOnlyList<KeyValuePair<string, IReadOnlyDictionary<long, string>>> ReadMembers(Stream stream, string file, TokenIds users)
    {
        ArgumentNullException.ThrowIfNull(users);
        var lines = Lines(stream, file).GetEnumerator();
        if (!lines.MoveNext())
            throw new RatingFormatException(file, 1, 0, $"the file is empty; {ExpectedMembers}.");
        var separator = TitleLine.SeparatorOf(lines.Current.Text);
        var names = lines.Current.Text.Split(separator);
        if (names.Length < 2)
            throw new RatingFormatException(file, lines.Current.Number, 0, $"1 field; {ExpectedMembers}.");
        var values = names.Skip(1).Select(_ => new Dictionary<long, string>()).ToArray();
        while (lines.MoveNext())
        {
            var fields = lines.Current.Text.Split(separator);
            if (fields.Length != names.Length || fields[0].Length == 0)
                throw new RatingFormatException(file, lines.Current.Number, 0, $"{fields.Length} field(s) where the header has {names.Length}; {ExpectedMembers}.");
            var user = users.IdOf(Encoding.UTF8.GetBytes(fields[0]));
            for (var n = 1; n < fields.Length; n++)
            {
                if (fields[n].Length > 0)
                    values[n - 1][user] = fields[n];
            }
        }
        return [.. names.Skip(1).Zip(values, (name, value) => KeyValuePair.Create(name, (IReadOnlyDictionary<long, string>)value))];
    }

    /// <summary>
    /// Names and labels of titles, such as MovieLens' <c>movies.csv</c>, <c>movies.dat</c> and <c>u.item</c>: the first field is the title's
    /// id, the last its labels, separated by '|', and what stands between its name. A header is recognised by the word 'id' in its first field.
    /// </summary>
    /// <param name="items">As for the ratings.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="RatingFormatException">Names file, line and what was expected.</exception>
    public static IReadOnlyDictionary<long, LabelledTitle> ReadTitles(Stream stream, string file, TokenIds items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var titles = new Dictionary<long, LabelledTitle>();
        foreach (var (number, text) in Lines(stream, file))
        {
            if (TitleLine.Parse(text) is not var (id, title))
                throw new RatingFormatException(file, number, 0, $"no id with something behind it; {TitleLine.Expected}.");
            if (number > 1 || !id.EndsWith("id", StringComparison.OrdinalIgnoreCase))
                titles[items.IdOf(Encoding.UTF8.GetBytes(id))] = title;
        }
        return titles.Count > 0 ? titles : throw new RatingFormatException(file, 1, 0, $"no title; {TitleLine.Expected}.");
    }

    private static IEnumerable<(long Number, string Text)> Lines(Stream stream, string file)
    {
        var reader = new LineReader(stream);
        while (Next(reader, file) is { } text)
        {
            if (text.Length > 0)
                yield return (reader.Line, text);
        }
    }

    private static string? Next(LineReader reader, string file)
    {
        if (!reader.TryRead(out var line))
            return null;
        var text = Encoding.UTF8.GetString(line).TrimStart('\uFEFF').Trim();
        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new RatingFormatException(file, reader.Line, 0, "a zero byte; expected text in UTF-8.")
            : text;
    }
}
