using System.Text.Json;
using Pipeline.Ingest.Events;
using Pipeline.Storage.MySql.Rights;

namespace Pipeline.Ingest.Import;

/// <summary>Lines about who may see what: <c>contentId, region, availableFrom, availableUntil</c>, and <c>userId, maxAge</c>.</summary>
internal static class RightsLines
{
    /// <summary>Greatest age that a title may ask for or a member be limited to, years.</summary>
    public const int OldestAge = 99;

    /// <summary>A licence; without <c>availableUntil</c> it has no end. Times are cut to seconds.</summary>
    public static (TitleLicence? Licence, Refusal? Refusal) ReadLicence(ReadOnlyMemory<byte> line) => LineFields.Read(line, Licence);

    /// <summary>A member's limit; <c>maxAge</c> null takes it away.</summary>
    public static (AgeLimit? Limit, Refusal? Refusal) ReadAgeLimit(ReadOnlyMemory<byte> line) => LineFields.Read(line, row =>
    {
        long member = LineFields.Id(row, "userId");
        return row.TryGetProperty("maxAge", out _)
            ? new AgeLimit(member, LineFields.Whole(row, "maxAge", 0, OldestAge))
            : throw LineFields.Bad("maxAge", $"a whole number from 0 to {OldestAge}, or null for no limit");
    });

    private static TitleLicence Licence(JsonElement row)
    {
        long content = LineFields.Id(row, "contentId");
        LineFields.Required(row, "region");
        string region = LineFields.Text(row, "region", RightsStore.Everywhere.Length)!;
        if (region != RightsStore.Everywhere && (region.Length != 2 || !region.All(char.IsAsciiLetterUpper)))
            throw LineFields.Bad("region", "ISO 3166 alpha-2 in capitals, or ALL");
        LineFields.Required(row, "availableFrom");
        var from = Second(LineFields.Time(row, "availableFrom"))!.Value;
        var until = Second(LineFields.Time(row, "availableUntil"));
        return until <= from ? throw LineFields.Bad("availableUntil", "later than availableFrom") : new TitleLicence(content, region, from, until);
    }

    private static DateTime? Second(DateTime? time) => time is { } exact ? exact.AddTicks(-(exact.Ticks % TimeSpan.TicksPerSecond)) : null;
}
