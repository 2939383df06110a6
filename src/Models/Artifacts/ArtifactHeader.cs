using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Models.Artifacts;

/// <summary>How the numbers of a section are stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SectionType>))]
internal enum SectionType
{
    Int32,
    Int64,
    Float32,

    /// <summary>float32 in rows that are padded to 64 bytes.</summary>
    Factors,
}

/// <summary>One table of a model.</summary>
/// <param name="Name">Unique within its model.</param>
/// <param name="Columns">Numbers that count in a row.</param>
/// <param name="Stride">Numbers from one row to the next.</param>
internal sealed record Section(string Name, SectionType Type, int Rows, int Columns, int Stride)
{
    [JsonIgnore]
    public long Length => (long)Rows * Stride * (Type == SectionType.Int64 ? sizeof(long) : sizeof(int));
}

/// <summary>One model of an artifact; those that combine others have them as children.</summary>
internal sealed record StoredPart(
    string Algorithm, IReadOnlyDictionary<string, string> Settings, IReadOnlyList<Section> Sections, IReadOnlyList<StoredPart> Children)
{
    /// <summary>The sections of this model and all below it, in the order of the file.</summary>
    public IEnumerable<Section> AllSections() => Sections.Concat(Children.SelectMany(child => child.AllSections()));
}

internal sealed record ArtifactHeader(string DataDigest, StoredPart Model)
{
    private const int MaxLength = 1 << 24;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads length, header and the header's digest; sections are trusted afterwards to be as they were written.</summary>
    public static ArtifactHeader Read(HashedReader reader)
    {
        var length = reader.Int("length of header");
        if (length is < 0 or > MaxLength)
            throw ModelArtifact.Damaged($"its length of header is {length}");
        var bytes = reader.Bytes(length, "header");
        reader.CheckDigest("header's digest");
        try
        {
            return JsonSerializer.Deserialize<ArtifactHeader>(bytes, Json) ?? throw new ArtifactException("The artifact's header is empty.");
        }
        catch (JsonException problem)
        {
            throw new ArtifactException($"The artifact's header cannot be read: {problem.Message}");
        }
    }
}
