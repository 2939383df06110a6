namespace Pipeline.Ingest.Events;

/// <summary>
/// Times of ISO 8601 in its extended form, with a zone: <c>2026-11-22T10:15:30.123Z</c>. Seconds may be missing, the fraction may stand
/// behind a dot or a comma, and an offset may be ±hh:mm, ±hhmm or ±hh. A time without a zone is nobody's: it is not taken for this machine's.
/// </summary>
internal static class EventTime
{
    private const int DigitsOfTick = 7;
    private const int MostOffsetMinutes = 14 * 60;

    /// <param name="time">In UTC; a fraction of any length, cut at 100 ns.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (!TryParseDate(text, out var date) || !TryParseClock(text["yyyy-MM-dd".Length..], out var clock, out var zone) || !TryParseZone(zone, out var offset))
            return false;
        var ticks = date.Ticks + clock - (offset * TimeSpan.TicksPerMinute);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryParseDate(ReadOnlySpan<byte> text, out DateTime date)
    {
        date = default;
        if (text.Length < "yyyy-MM-ddTHH:mm".Length || text[4] != '-' || text[7] != '-')
            return false;
        if (!TryNumber(text[..4], out var year) || !TryNumber(text[5..7], out var month) || !TryNumber(text[8..10], out var day))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        date = new DateTime(year, month, day);
        return true;
    }

    /// <param name="text">From the T on.</param>
    /// <param name="ticks">Since midnight.</param>
    private static bool TryParseClock(ReadOnlySpan<byte> text, out long ticks, out ReadOnlySpan<byte> zone)
    {
        ticks = 0;
        zone = default;
        if (text[0] is not ((byte)'T' or (byte)'t') || text[3] != ':' || !TryNumber(text[1..3], out var hour) || !TryNumber(text[4..6], out var minute))
            return false;
        zone = text["THH:mm".Length..];
        var second = 0;
        long fraction = 0;
        if (zone.Length >= ":ss".Length && zone[0] == ':')
        {
            if (!TryNumber(zone[1..3], out second))
                return false;
            zone = zone[":ss".Length..];
            if (zone.Length > 0 && zone[0] is (byte)'.' or (byte)',' && !TryParseFraction(ref zone, out fraction))
                return false;
        }

        ticks = (((((hour * 60) + minute) * 60L) + second) * TimeSpan.TicksPerSecond) + fraction;
        return hour < 24 && minute < 60 && second < 60;
    }

    private static bool TryParseFraction(ref ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        var digits = 0;
        for (text = text[1..]; text.Length > 0 && char.IsAsciiDigit((char)text[0]); text = text[1..])
        {
            if (digits++ < DigitsOfTick)
                ticks = (ticks * 10) + (text[0] - '0');
        }

        for (var missing = digits; missing < DigitsOfTick; missing++)
            ticks *= 10;
        return digits > 0;
    }

    private static bool TryParseZone(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text is [(byte)'Z' or (byte)'z'])
            return true;
        if (text.Length < 3 || text[0] is not ((byte)'+' or (byte)'-') || !TryNumber(text[1..3], out var hours))
            return false;
        var rest = text[3..];
        if (rest.Length == 3 && rest[0] == ':')
            rest = rest[1..];
        var odd = 0;
        if (rest.Length is not (0 or 2) || (rest.Length == 2 && !TryNumber(rest, out odd)))
            return false;
        minutes = ((hours * 60) + odd) * (text[0] == '-' ? -1 : 1);
        return odd < 60 && Math.Abs(minutes) <= MostOffsetMinutes;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
