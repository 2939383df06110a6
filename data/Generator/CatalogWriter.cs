using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Generator;

/// <summary>The catalogue as NDJSON, one title a line.</summary>
public static class CatalogWriter
{
    // Korean names stay readable in the file.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IEnumerable<Title> titles, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        foreach (var title in titles)
        {
            json.Reset();
            json.WriteStartObject();
            json.WriteNumber("contentId", title.ContentId);
            json.WriteString("nameKo", title.NameKo);
            json.WriteString("nameEn", title.NameEn);
            json.WriteStartArray("genres");
            foreach (var genre in title.Genres)
                json.WriteStringValue(genre);
            json.WriteEndArray();
            json.WriteString("language", title.Language);
            json.WriteNumber("runtimeSeconds", title.RuntimeSeconds);
            json.WriteString("releaseDate", title.ReleaseDate.ToString("yyyy-MM-dd"));
            json.WriteEndObject();
            json.Flush();
            output.WriteByte((byte)'\n');
        }
    }
}
