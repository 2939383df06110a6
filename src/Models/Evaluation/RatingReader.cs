using System.Buffers.Text;
using System.Text;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Reads interactions from text: <c>user, item[, value[, time]]</c> separated by tab, comma, space or two colons, with or without a
/// header, or lines of <c>user item item …</c>. Which of them it is, the content says. Times are seconds, or milliseconds where
/// they are past the year 5138 as seconds.
/// </summary>
public sealed class RatingReader(TokenIds users, TokenIds items)
{
    /// <summary>Lines that the format is found from.</summary>
    private const int SampleLines = 1000;

    private const int MaxFields = 64;

    private const double FirstMilliseconds = 1e11;

    /// <param name="file">Name for messages.</param>
    /// <exception cref="RatingFormatException">A line cannot be read, or there is none; names file, line, field and what was expected.</exception>
    public RatingTable Read(Stream stream, string file)
    {
        var table = new RatingTable();
        var reader = new LineReader(stream);
        var sample = ReadSample(reader);
        if (sample.All(line => line.Length == 0))
            throw new RatingFormatException(file, 1, 0, "the file is empty; expected lines of user, item[, value[, time]].");
        var format = RatingFormat.Detect(sample.Where(line => line.Length > 0).ToList());
        var header = format.Header;
        for (var n = 0; n < sample.Count; n++)
        {
            if (sample[n].Length == 0)
                continue;
            if (!header)
                ReadLine(Encoding.UTF8.GetBytes(sample[n]), format, new Position(file, n + 1), table);
            header = false;
        }
        while (reader.TryRead(out var line))
        {
            if (!line.Trim((byte)' ').IsEmpty)
                ReadLine(line, format, new Position(file, reader.Line), table);
        }
        if (table.Count == 0)
            throw new RatingFormatException(file, reader.Line, 0, "no interaction so far; expected lines of user, item[, value[, time]].");
        return table;
    }

    private static List<string> ReadSample(LineReader reader)
    {
        var sample = new List<string>();
        while (sample.Count < SampleLines && reader.TryRead(out var line))
            sample.Add(Encoding.UTF8.GetString(line.Trim((byte)' ')).TrimStart('\uFEFF'));
        return sample;
    }

    private void ReadLine(ReadOnlySpan<byte> line, RatingFormat format, Position at, RatingTable table)
    {
        if (format.Lists)
        {
            ReadList(line, at, table);
            return;
        }
        Span<Range> fields = stackalloc Range[MaxFields];
        var count = Split(line, format.SeparatorBytes, fields);
        if (count != format.FieldCount)
        {
            throw at.Problem(0, $"{count} field(s); expected {format.FieldCount}, as in most of the file, "
                + $"separated by {(format.Separator switch { "\t" => "tab", " " => "space", var text => $"'{text}'" })}.");
        }
        if (count < 2)
            throw at.Problem(0, "1 field; expected user, item[, value[, time]] separated by tab, comma, space or '::'.");
        var user = Id(users, line[fields[0]], at, 1, "a user id");
        var item = Id(items, line[fields[1]], at, 2, "an item id");
        var value = format.ValueField < 0 ? 1 : (float)Number(line[fields[format.ValueField]], at, format.ValueField + 1, "a value");
        table.Add(user, item, value, format.TimeField < 0 ? null : Time(line[fields[format.TimeField]], at, format.TimeField + 1));
    }

    private void ReadList(ReadOnlySpan<byte> line, Position at, RatingTable table)
    {
        var user = 0L;
        var field = 0;
        while (!(line = line.TrimStart((byte)' ')).IsEmpty)
        {
            var length = line.IndexOf((byte)' ');
            var token = length < 0 ? line : line[..length];
            line = line[token.Length..];
            field++;
            if (!Utf8Parser.TryParse(token, out long _, out var used) || used != token.Length)
                throw at.Problem(field, $"'{Shown(token)}'; expected a whole number in a line of 'user item item …'.");
            if (field == 1)
                user = users.IdOf(token);
            else
                table.Add(user, items.IdOf(token), 1, null);
        }
    }

    private static int Split(ReadOnlySpan<byte> line, ReadOnlySpan<byte> separator, Span<Range> fields)
    {
        var count = 0;
        var start = 0;
        while (count < fields.Length)
        {
            if (separator is [(byte)' '])
            {
                while (start < line.Length && line[start] == (byte)' ')
                    start++;
                if (start == line.Length)
                    return count;
            }
            var length = line[start..].IndexOf(separator);
            fields[count++] = start..(length < 0 ? line.Length : start + length);
            if (length < 0)
                return count;
            start += length + separator.Length;
        }
        return count;
    }

    private static long Id(TokenIds ids, ReadOnlySpan<byte> field, Position at, int number, string expected)
    {
        var token = field.Trim((byte)' ');
        return token.IsEmpty ? throw at.Problem(number, $"empty; expected {expected}.") : ids.IdOf(token);
    }

    private static long Time(ReadOnlySpan<byte> field, Position at, int number)
    {
        const string Expected = "a time in seconds or milliseconds since 1970";
        var time = Number(field, at, number, Expected);
        if (Math.Abs(time) > 1e15)
            throw at.Problem(number, $"'{Shown(field)}'; expected {Expected}.");
        return (long)(Math.Abs(time) < FirstMilliseconds ? time * 1000 : time);
    }

    private static double Number(ReadOnlySpan<byte> field, Position at, int number, string expected)
    {
        var token = field.Trim((byte)' ');
        return Utf8Parser.TryParse(token, out double value, out var used) && used == token.Length && double.IsFinite(value)
            ? value
            : throw at.Problem(number, $"'{Shown(token)}'; expected {expected}.");
    }

    // Enough to recognise the field, never a whole line of somebody's file.
    private static string Shown(ReadOnlySpan<byte> token) => Encoding.UTF8.GetString(token[..Math.Min(token.Length, 40)]);

    private readonly record struct Position(string File, long Line)
    {
        public RatingFormatException Problem(int field, string problem) => new(File, Line, field, problem);
    }
}
