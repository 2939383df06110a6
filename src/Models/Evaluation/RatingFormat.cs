using System.Text;

namespace Pipeline.Models.Evaluation;

/// <summary>A ratings file that cannot be read, with the line where it is one of text.</summary>
public sealed class RatingFormatException : Exception
{
    /// <param name="file">Name of the file, as the caller gave it.</param>
    /// <param name="line">From 1.</param>
    /// <param name="number">Of the field, from 1; 0 where the line as a whole is meant.</param>
    public RatingFormatException(string file, long line, int number, string problem)
        : base(number == 0 ? $"{file}: line {line}: {problem}" : $"{file}: line {line}, field {number}: {problem}") =>
        (File, Line, Field) = (file, line, number);

    /// <summary>For files that have no lines.</summary>
    public RatingFormatException(string file, string problem)
        : base($"{file}: {problem}") => File = file;

    public string File { get; }

    /// <summary>0 where the file has none.</summary>
    public long Line { get; }

    public int Field { get; }
}

/// <summary>How the lines of one file are to be read, found from its first lines.</summary>
/// <param name="Separator">Tab, comma, two colons, or a space, which stands for any run of spaces.</param>
/// <param name="Header">True where the first line names the columns.</param>
/// <param name="Lists">True for lines of 'user item item …'.</param>
/// <param name="ValueField">Index of the value, or −1.</param>
/// <param name="TimeField">Index of the time, or −1.</param>
internal sealed record RatingFormat(string Separator, bool Header, bool Lists, int FieldCount, int ValueField, int TimeField)
{
    private const int MaxRowFields = 4;
    private const double MinRowShare = 0.9;

    private const double MostRating = 10;

    /// <summary>Fewest lines that anything is concluded from.</summary>
    private const int MinRows = 3;

    /// <summary>Finds the format; at least one line with text is needed.</summary>
    /// <exception cref="LineProblem">The first line is neither a header nor a row like the others.</exception>
    public static RatingFormat Detect(IReadOnlyList<string> lines)
    {
        var separator = SeparatorOf(lines[0]);
        var rows = lines.Select(line => Split(line, separator)).ToList();
        var header = IsHeader(rows);
        if (!header && OddField(rows) is { } odd)
            throw new LineProblem(odd + 1, $"'{rows[0][odd]}'; expected a whole number, as in the other lines, or a header.");
        var counts = rows.Skip(header ? 1 : 0)
            .DefaultIfEmpty(rows[0])
            .GroupBy(row => row.Length, (fields, lines) => (Fields: fields, Lines: lines.Count()))
            .OrderByDescending(group => group.Lines)
            .ToList();
        if (separator == " " && !header && (IsLists(counts, rows.Count) || IsListsOfTwo(rows)))
            return new RatingFormat(separator, Header: false, Lists: true, FieldCount: 0, ValueField: -1, TimeField: -1);
        var fields = counts[0].Fields;
        // A third column that its header calls a time is one; otherwise the third is the value and the fourth the time.
        if (fields == 3 && header && rows[0][2].Contains("time", StringComparison.OrdinalIgnoreCase))
            return new RatingFormat(separator, header, Lists: false, fields, ValueField: -1, TimeField: 2);
        return new RatingFormat(separator, header, Lists: false, fields, ValueField: fields > 2 ? 2 : -1, TimeField: fields > 3 ? 3 : -1);
    }

    private static string SeparatorOf(string line) =>
        line.Contains('\t', StringComparison.Ordinal) ? "\t"
        : line.Contains("::", StringComparison.Ordinal) ? "::"
        : line.Contains(',', StringComparison.Ordinal) ? ","
        : " ";

    private static string[] Split(string line, string separator) =>
        separator == " " ? line.Split(' ', StringSplitOptions.RemoveEmptyEntries) : line.Split(separator);

    // Ids may be words, so a first line of words is a header only if it says 'user', or stands above columns of numbers.
    private static bool IsHeader(List<string[]> rows)
    {
        var first = rows[0];
        if (first.Any(IsNumber))
            return false;
        if (first[0].Contains("user", StringComparison.OrdinalIgnoreCase) && !first[0].Any(char.IsAsciiDigit))
            return true;
        return rows.Count > 1 && first.Zip(rows[1]).Any(pair => !IsNumber(pair.First) && IsNumber(pair.Second));
    }

    /// <returns>Index of an id of the first line that is a word where all others are numbers; null for none.</returns>
    private static int? OddField(List<string[]> rows)
    {
        for (var field = 0; rows.Count >= MinRows && field < Math.Min(2, rows[0].Length); field++)
        {
            if (!IsNumber(rows[0][field]) && rows.Skip(1).All(row => row.Length > field && IsNumber(row[field])))
                return field;
        }
        return null;
    }

    // Lists differ in length from line to line. A file of rows has one length; a few lines that differ are mistakes to be reported.
    private static bool IsLists(List<(int Fields, int Lines)> counts, int lines) =>
        counts[0].Fields > MaxRowFields || counts[0].Lines < MinRowShare * lines;

    // Lists that happen to hold two titles each look like rows with a value. Then no user comes twice, and what would be values are
    // whole numbers, too large for ratings, that are titles of other lines.
    private static bool IsListsOfTwo(List<string[]> rows)
    {
        if (rows.Count < MinRows || rows.Any(row => row.Length != 3 || !row.All(field => field.All(char.IsAsciiDigit))))
            return false;
        var titles = rows.Select(row => row[1]).ToHashSet(StringComparer.Ordinal);
        var values = rows.Select(row => row[2]).Distinct(StringComparer.Ordinal).ToList();
        return rows.Select(row => row[0]).Distinct(StringComparer.Ordinal).Count() == rows.Count
            && values.Any(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture) > MostRating)
            && 2 * values.Count(titles.Contains) >= values.Count;
    }

    private static bool IsNumber(string text) =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _);

    public byte[] SeparatorBytes { get; } = Encoding.ASCII.GetBytes(Separator);
}
