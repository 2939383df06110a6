using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Artifacts;

/// <summary>
/// The first form, with iALS only, after magic and version:
/// <code>
/// int32 length of settings | settings, JSON in UTF-8
/// int32 titles | int32 rank | int64[titles] content ids, ascending | float32[titles, rank] factors
/// SHA-256 of everything before it
/// </code>
/// </summary>
internal static class ArtifactVersion1
{
    private const int MaxSettingsLength = 1 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static StoredModel Read(HashedReader reader)
    {
        var settings = reader.Bytes(Length(reader.Int("length of settings"), MaxSettingsLength, "length of settings"), "settings");
        var titles = Length(reader.Int("number of titles"), Array.MaxLength, "number of titles");
        var rank = Length(reader.Int("rank"), ImplicitAlsParameters.MaxRank, "rank");
        if (rank == 0)
            throw ModelArtifact.Damaged("its rank is 0");
        var rest = titles * (sizeof(long) + (long)rank * sizeof(float)) + SHA256.HashSizeInBytes;
        if (reader.Source.CanSeek && reader.Source.Length - reader.Source.Position != rest)
            throw ModelArtifact.Damaged($"{reader.Source.Length - reader.Source.Position} bytes follow its header where {rest} were written");
        var ids = ReadIds(reader, titles);
        var factors = new FactorMatrix(titles, rank);
        for (var row = 0; row < titles; row++)
            reader.Fill(MemoryMarshal.AsBytes(factors.PaddedRow(row)[..rank]), "factors");
        var digest = reader.CheckDigest("digest");
        reader.RequireEnd();
        return Assemble(settings, ids, factors, digest);
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
            throw new ArtifactException($"The artifact holds a model of '{read?.Algorithm}'; version 1 has '{ImplicitAlsModel.AlgorithmName}' only.");
        var contents = IdIndex.Of(ids);
        if (!contents.Ids.SequenceEqual(ids))
            throw ModelArtifact.Damaged("its content ids do not ascend");
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

    private static int Length(int value, int max, string what) =>
        value >= 0 && value <= max ? value : throw ModelArtifact.Damaged($"its {what} is {value}");

    private sealed record Settings(string Algorithm, string DataDigest, ImplicitAlsParameters Parameters);
}
