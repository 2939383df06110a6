using System.Text.Json;
using Pipeline.Ingest.Events;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Ingest.Import;

/// <summary>A line of a catalogue, as <c>generate --catalog</c> writes it. Only <c>contentId</c> is required.</summary>
internal static class TitleLine
{
    public static (CatalogTitle? Title, Refusal? Refusal) Read(ReadOnlyMemory<byte> line) => LineFields.Read(line, Title);

    private static CatalogTitle Title(JsonElement title) => new(
        LineFields.Id(title, "contentId"),
        LineFields.Text(title, "nameKo", TitleStore.LongestName),
        LineFields.Text(title, "nameEn", TitleStore.LongestName),
        LineFields.Texts(title, "genres"),
        LineFields.Text(title, "language", TitleStore.LongestLanguage),
        LineFields.Whole(title, "runtimeSeconds", 1, int.MaxValue),
        LineFields.Date(title, "releaseDate"))
    {
        Cast = LineFields.Texts(title, "cast"),
        Tags = LineFields.Texts(title, "tags"),
        MinAge = LineFields.Whole(title, "minAge", 0, RightsLines.OldestAge),
    };
}
