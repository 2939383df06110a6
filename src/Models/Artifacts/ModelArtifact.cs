using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Artifacts;

/// <param name="DataDigest"><see cref="InteractionMatrix.Digest"/> of the training data.</param>
/// <param name="Digest">SHA-256 of the artifact, lower-case hexadecimal.</param>
public sealed record StoredModel(ImplicitAlsModel Model, string DataDigest, string Digest);

/// <summary>
/// A model as a file, little-endian:
/// <code>
/// magic "PLMODEL\n" | int32 version | int32 length of settings | settings, JSON in UTF-8
/// int32 titles | int32 rank | int64[titles] content ids, ascending | float32[titles, rank] factors
/// SHA-256 of everything before it
/// </code>
/// No member is in it: <see cref="ImplicitAlsModel"/> says why.
/// </summary>
public static class ModelArtifact
{
    /// <summary>Greatest version that this program reads, and the one it writes.</summary>
    public const int Version = 1;

    private const int MaxSettingsLength = 1 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static ReadOnlySpan<byte> Magic => "PLMODEL\n"u8;

    /// <returns>SHA-256 of what was written, lower-case hexadecimal.</returns>
    public static string Write(Stream target, ImplicitAlsModel model, string dataDigest)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(model);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var settings = JsonSerializer.SerializeToUtf8Bytes(new Settings(model.Algorithm, dataDigest, model.Parameters), Json);
        Put(Magic);
        PutInt(Version);
        PutInt(settings.Length);
        Put(settings);
        PutInt(model.Contents.Count);
        PutInt(model.ItemFactors.Rank);
        Put(MemoryMarshal.AsBytes(model.Contents.Ids));
        for (var row = 0; row < model.ItemFactors.Rows; row++)
            Put(MemoryMarshal.AsBytes(model.ItemFactors[row]));
        var digest = hash.GetHashAndReset();
        target.Write(digest);
        return Convert.ToHexStringLower(digest);

        void Put(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            target.Write(bytes);
        }

        void PutInt(int value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            Put(bytes);
        }
    }

    /// <summary>Reads to the end of the stream; nothing may follow the digest.</summary>
    /// <exception cref="ArtifactException">Damaged, cut short, of a newer version, or something else.</exception>
    public static StoredModel Read(Stream source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var reader = new HashedReader(source, hash);
        if (!reader.Bytes(Magic.Length, "magic").AsSpan().SequenceEqual(Magic))
            throw new ArtifactException("This is no model artifact: it does not begin with its magic bytes.");
        var version = reader.Int("version");
        if (version > Version)
            throw new ArtifactException($"The artifact has version {version}; this program reads up to version {Version}.");
        if (version < 1)
            throw Damaged("its version is less than 1");
        var settings = reader.Bytes(Length(reader.Int("length of settings"), MaxSettingsLength, "length of settings"), "settings");
        var titles = Length(reader.Int("number of titles"), Array.MaxLength, "number of titles");
        var rank = Length(reader.Int("rank"), ImplicitAlsParameters.MaxRank, "rank");
        if (rank == 0)
            throw Damaged("its rank is 0");
        var rest = titles * (sizeof(long) + (long)rank * sizeof(float)) + SHA256.HashSizeInBytes;
        if (source.CanSeek && source.Length - source.Position != rest)
            throw Damaged($"{source.Length - source.Position} bytes follow its header where {rest} were written");
        var ids = ReadIds(reader, titles);
        var factors = ReadFactors(reader, titles, rank);
        var computed = hash.GetHashAndReset();
        var digest = new byte[SHA256.HashSizeInBytes];
        reader.Unhashed(digest, "digest");
        if (!computed.AsSpan().SequenceEqual(digest))
            throw Damaged("its digest does not match its content");
        if (source.ReadByte() >= 0)
            throw Damaged("bytes follow its digest");
        return Assemble(settings, ids, factors, Convert.ToHexStringLower(digest));
    }

    // After the digest has matched: what is wrong from here on was written so.
    private static StoredModel Assemble(byte[] settings, long[] ids, FactorMatrix factors, string digest)
    {
        Settings? read;
        try
        {
            read = JsonSerializer.Deserialize<Settings>(settings, Json);
        }
        catch (JsonException problem)
        {
            throw new ArtifactException($"The artifact's settings cannot be read: {problem.Message}");
        }
        if (read is not { Algorithm: ImplicitAlsModel.AlgorithmName, Parameters.Regularization: > 0 })
        {
            throw new ArtifactException(
                $"The artifact holds a model of '{read?.Algorithm}'; this program reads '{ImplicitAlsModel.AlgorithmName}' as it was trained.");
        }
        var contents = IdIndex.Of(ids);
        if (contents.Count != ids.Length || !contents.Ids.SequenceEqual(ids))
            throw Damaged("its content ids do not ascend");
        return new StoredModel(new ImplicitAlsModel(read.Parameters, contents, factors), read.DataDigest, digest);
    }

    // Memory grows only as bytes arrive, so that a damaged length cannot ask for more than the file has.
    private static long[] ReadIds(HashedReader reader, int titles)
    {
        const int Chunk = 1 << 16;
        var ids = new List<long>(Math.Min(titles, Chunk));
        while (ids.Count < titles)
        {
            var bytes = reader.Bytes(Math.Min(Chunk, titles - ids.Count) * sizeof(long), "content ids");
            ids.AddRange(MemoryMarshal.Cast<byte, long>(bytes));
        }
        return [.. ids];
    }

    private static FactorMatrix ReadFactors(HashedReader reader, int titles, int rank)
    {
        var factors = new FactorMatrix(titles, rank);
        for (var row = 0; row < titles; row++)
            reader.Fill(MemoryMarshal.AsBytes(factors.PaddedRow(row)[..rank]), "factors");
        return factors;
    }

    private static int Length(int value, int max, string what) =>
        value >= 0 && value <= max ? value : throw Damaged($"its {what} is {value}");

    private static ArtifactException Damaged(string how) => new($"The artifact is damaged: {how}.");

    private sealed record Settings(string Algorithm, string DataDigest, ImplicitAlsParameters Parameters);

    private sealed class HashedReader(Stream source, IncrementalHash hash)
    {
        public byte[] Bytes(int count, string what)
        {
            var bytes = new byte[count];
            Fill(bytes, what);
            return bytes;
        }

        public int Int(string what) => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int), what));

        public void Fill(Span<byte> target, string what)
        {
            Unhashed(target, what);
            hash.AppendData(target);
        }

        public void Unhashed(Span<byte> target, string what)
        {
            if (source.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
                throw Damaged($"it ends within its {what}");
        }
    }
}
