using System.Buffers.Text;
using System.Text;

namespace Pipeline.Models.Evaluation;

/// <summary>A line that cannot be read.</summary>
/// <param name="number">Of the field, from 1; 0 for the line as a whole.</param>
internal sealed class LineProblem(int number, string message) : Exception(message)
{
    public int Field => number;
}

/// <summary>
/// Reads one line. Lines of plain numbers, nearly all there are, are read digit by digit; whatever is unusual goes the slow way, which
/// knows what to say about it.
/// </summary>
internal static class RatingLine
{
    private const int MaxFields = 64;

    private const double FirstMilliseconds = 1e11;

    // Digits of a number that neither a long nor the fraction of a double is too small for.
    private const int MaxDigits = 15;

    private static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <exception cref="LineProblem">It cannot be read.</exception>
    public static void Read(ReadOnlySpan<byte> line, RatingFormat format, RatingBlock target)
    {
        if (format.Lists)
            ReadList(line, target);
        else if (!TryReadNumbers(line, format, target))
            ReadFields(line, format, target);
    }

    private static bool TryReadNumbers(ReadOnlySpan<byte> line, RatingFormat format, RatingBlock target)
    {
        var separator = format.SeparatorBytes;
        var value = 1.0;
        var time = 0L;
        if (format.FieldCount is < 2 or > 4
            || !TryId(ref line, out var user)
            || !TrySeparator(ref line, separator)
            || !TryId(ref line, out var item)
            || (format.FieldCount > 2 && !(TrySeparator(ref line, separator) && TryThird(ref line, format, ref value, ref time)))
            || (format.FieldCount > 3 && !(TrySeparator(ref line, separator) && TryTime(ref line, out time)))
            || !line.IsEmpty)
        {
            return false;
        }
        target.Add(user, item, (float)value, time);
        return true;
    }

    private static bool TryThird(ref ReadOnlySpan<byte> line, RatingFormat format, ref double value, ref long time) =>
        format.ValueField == 2 ? TryDecimal(ref line, out value) : TryTime(ref line, out time);

    private static bool TryId(ref ReadOnlySpan<byte> line, out long id)
    {
        var zero = !line.IsEmpty && line[0] == (byte)'0';
        var digits = Digits(ref line, out id);
        return digits is > 0 and <= MaxDigits && (!zero || digits == 1);
    }

    private static bool TryDecimal(ref ReadOnlySpan<byte> line, out double value)
    {
        var whole = Digits(ref line, out var number);
        value = number;
        if (whole is 0 or > MaxDigits)
            return false;
        if (line.IsEmpty || line[0] != (byte)'.')
            return true;
        line = line[1..];
        var places = Digits(ref line, out var fraction);
        if (places == 0 || whole + places > MaxDigits)
            return false;
        // Both are exact, so their quotient is the nearest double to what is written.
        value = ((number * PowersOfTen[places]) + fraction) / PowersOfTen[places];
        return true;
    }

    private static bool TryTime(ref ReadOnlySpan<byte> line, out long time) =>
        Digits(ref line, out time) is > 0 and <= MaxDigits && (time = time < FirstMilliseconds ? time * 1000 : time) >= 0;

    private static int Digits(ref ReadOnlySpan<byte> line, out long number)
    {
        number = 0;
        var length = 0;
        for (; length < line.Length && (uint)(line[length] - '0') <= 9; length++)
            number = (number * 10) + (line[length] - '0');
        line = line[length..];
        return length;
    }

    private static bool TrySeparator(ref ReadOnlySpan<byte> line, ReadOnlySpan<byte> separator)
    {
        if (!line.StartsWith(separator))
            return false;
        line = line[separator.Length..];
        return true;
    }

    private static void ReadFields(ReadOnlySpan<byte> line, RatingFormat format, RatingBlock target)
    {
        Span<Range> fields = stackalloc Range[MaxFields];
        var count = Split(line, format.SeparatorBytes, fields);
        if (count != format.FieldCount)
        {
            throw new LineProblem(0, $"{count} field(s); expected {format.FieldCount}, as in most of the file, "
                + $"separated by {(format.Separator switch { "\t" => "tab", " " => "space", var text => $"'{text}'" })}.");
        }
        if (count < 2)
            throw new LineProblem(0, "1 field; expected user, item[, value[, time]] separated by tab, comma, space or '::'.");
        var user = target.UserId(Id(line[fields[0]], 1, "a user id"));
        var item = target.ItemId(Id(line[fields[1]], 2, "an item id"));
        var value = format.ValueField < 0 ? 1 : (float)Number(line[fields[format.ValueField]], format.ValueField + 1, "a value");
        var time = format.TimeField < 0 ? 0 : Time(line[fields[format.TimeField]], format.TimeField + 1);
        target.Add(user, item, value, time);
    }

    private static void ReadList(ReadOnlySpan<byte> line, RatingBlock target)
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
                throw new LineProblem(field, $"'{Shown(token)}'; expected a whole number in a line of 'user item item …'.");
            if (field == 1)
                user = target.UserId(token);
            else
                target.Add(user, target.ItemId(token), 1, 0);
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

    private static ReadOnlySpan<byte> Id(ReadOnlySpan<byte> field, int number, string expected)
    {
        var token = field.Trim((byte)' ');
        return token.IsEmpty ? throw new LineProblem(number, $"empty; expected {expected}.") : token;
    }

    private static long Time(ReadOnlySpan<byte> field, int number)
    {
        const string Expected = "a time in seconds or milliseconds since 1970";
        var time = Number(field, number, Expected);
        if (Math.Abs(time) > 1e15)
            throw new LineProblem(number, $"'{Shown(field)}'; expected {Expected}.");
        return (long)(Math.Abs(time) < FirstMilliseconds ? time * 1000 : time);
    }

    private static double Number(ReadOnlySpan<byte> field, int number, string expected)
    {
        var token = field.Trim((byte)' ');
        return Utf8Parser.TryParse(token, out double value, out var used) && used == token.Length && double.IsFinite(value)
            ? value
            : throw new LineProblem(number, $"'{Shown(token)}'; expected {expected}.");
    }

    // Enough to recognise the field, never a whole line of somebody's file.
    private static string Shown(ReadOnlySpan<byte> token) => Encoding.UTF8.GetString(token[..Math.Min(token.Length, 40)]);
}
