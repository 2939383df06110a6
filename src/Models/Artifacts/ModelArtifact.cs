using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Artifacts;

/// <param name="DataDigest"><see cref="InteractionMatrix.Digest"/> of the training data.</param>
/// <param name="Digest">SHA-256 of the artifact, lower-case hexadecimal.</param>
public sealed record StoredModel(IRecommender Model, string DataDigest, string Digest);

/// <summary>
/// A model as a file, little-endian:
/// <code>
/// magic "PLMODEL\n" | int32 version | int32 length of header | header, JSON in UTF-8 | SHA-256 of everything before it
/// the header's sections, in its order, each from the next multiple of 64 bytes
/// SHA-256 of everything before it
/// </code>
/// The header names algorithm, settings, digest of the training data, and the sections with type and shape; rows of factors are padded
/// to 64 bytes, so that they can be used where they lie in a mapped file. No member is in it. Version 1, which held factors of iALS
/// only, is still read.
/// </summary>
public static class ModelArtifact
{
    /// <summary>Greatest version that this program reads, and the one it writes.</summary>
    public const int Version = 2;

    internal const int Alignment = 64;

    internal static ReadOnlySpan<byte> Magic => "PLMODEL\n"u8;

    /// <returns>SHA-256 of what was written, lower-case hexadecimal.</returns>
    /// <exception cref="ArgumentException">A model that is not one of ours.</exception>
    public static string Write(Stream target, IRecommender model, string dataDigest)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(model);
        var writer = new ArtifactWriter();
        writer.Child(model);
        return writer.WriteTo(target, dataDigest);
    }

    /// <summary>Reads to the end of the stream; nothing may follow the digest.</summary>
    /// <exception cref="ArtifactException">Damaged, cut short, of a newer version, or something else.</exception>
    public static StoredModel Read(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var reader = new HashedReader(source);
        return ReadVersion(reader) == 1 ? ArtifactVersion1.Read(reader) : StreamedSections.Read(reader);
    }

    /// <summary>
    /// As <see cref="Read"/>, but tables stay in the file and are paged in as they are used, shared by all processes that map it. The
    /// file must not be changed while the model is in use; replacing it by another is fine.
    /// </summary>
    /// <param name="source">Read from its beginning; may be closed afterwards.</param>
    /// <exception cref="ArtifactException">As for <see cref="Read"/>.</exception>
    public static StoredModel Map(FileStream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Position = 0;
        using (var reader = new HashedReader(source))
        {
            if (ReadVersion(reader) != 1)
                return MappedSections.Read(source, reader);
        }
        source.Position = 0;
        return Read(source);
    }

    internal static ArtifactException Damaged(string how) => new($"The artifact is damaged: {how}.");

    private static int ReadVersion(HashedReader reader)
    {
        if (!reader.Bytes(Magic.Length, "magic").AsSpan().SequenceEqual(Magic))
            throw new ArtifactException("This is no model artifact: it does not begin with its magic bytes.");
        var version = reader.Int("version");
        if (version > Version)
            throw new ArtifactException($"The artifact has version {version}; this program reads up to version {Version}.");
        return version >= 1 ? version : throw Damaged("its version is less than 1");
    }
}
