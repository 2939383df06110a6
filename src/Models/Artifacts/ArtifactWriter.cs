using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Artifacts;

/// <summary>A model that can be kept as a file.</summary>
internal interface IStoredModel
{
    /// <summary>Names every table that the model needs besides settings and catalogue; they are written after the last was named.</summary>
    void Save(ArtifactWriter target);
}

/// <summary>Collects the tables of a model, then writes them behind a header that lists them.</summary>
internal sealed class ArtifactWriter
{
    public const string ContentsSection = "contents";

    private delegate void SectionSink(ReadOnlySpan<byte> bytes);

    private readonly List<(Section Section, Action<SectionSink> Write)> sections = [];
    private readonly List<(StoredPart Part, ArtifactWriter Writer)> children = [];

    public void Floats(string name, float[] values) => Array(name, SectionType.Float32, values);

    public void Ints(string name, int[] values) => Array(name, SectionType.Int32, values);

    public void Factors(string name, FactorMatrix factors) => sections.Add((
        new Section(name, SectionType.Factors, factors.Rows, factors.Rank, factors.Stride),
        sink =>
        {
            for (var row = 0; row < factors.Rows; row++)
                sink(MemoryMarshal.AsBytes<float>(factors.PaddedRow(row)));
        }));

    public void Sparse(string name, SparseMatrix matrix)
    {
        sections.Add((Vector(name + ".starts", SectionType.Int32, matrix.Starts.Length), sink => sink(MemoryMarshal.AsBytes(matrix.Starts))));
        sections.Add((Vector(name + ".columns", SectionType.Int32, matrix.Count), sink => sink(MemoryMarshal.AsBytes(matrix.AllColumns))));
        sections.Add((
            Vector(name + ".values", SectionType.Float32, matrix.Count),
            sink =>
            {
                for (var row = 0; row < matrix.RowCount; row++)
                    sink(MemoryMarshal.AsBytes(matrix.Values(row)));
            }));
    }

    /// <summary>A whole model inside of this one.</summary>
    /// <exception cref="ArgumentException">A model that is not one of ours.</exception>
    public void Child(IRecommender model)
    {
        if (model is not IStoredModel stored)
            throw new ArgumentException($"A model of '{model.Algorithm}' has no form as a file.", nameof(model));
        var writer = new ArtifactWriter();
        writer.sections.Add((
            Vector(ContentsSection, SectionType.Int64, model.Contents.Count), sink => sink(MemoryMarshal.AsBytes(model.Contents.Ids))));
        stored.Save(writer);
        var part = new StoredPart(
            model.Algorithm,
            new SortedDictionary<string, string>(model.Settings.ToDictionary(), StringComparer.Ordinal),
            [.. writer.sections.Select(section => section.Section)],
            [.. writer.children.Select(child => child.Part)]);
        children.Add((part, writer));
    }

    /// <summary>Writes the only child as an artifact.</summary>
    /// <returns>SHA-256 of what was written, lower-case hexadecimal.</returns>
    public string WriteTo(Stream target, string dataDigest)
    {
        using var output = new HashedWriter(target);
        var header = new ArtifactHeader(dataDigest, children.Single().Part).ToBytes();
        output.Put(ModelArtifact.Magic);
        output.PutInt(ModelArtifact.Version);
        output.PutInt(header.Length);
        output.Put(header);
        output.PutDigest();
        children.Single().Writer.WriteSections(output);
        return output.PutDigest();
    }

    private void WriteSections(HashedWriter output)
    {
        foreach (var (_, write) in sections)
        {
            output.Align();
            write(output.Put);
        }
        foreach (var (_, writer) in children)
            writer.WriteSections(output);
    }

    private void Array<T>(string name, SectionType type, T[] values)
        where T : unmanaged =>
        sections.Add((Vector(name, type, values.Length), sink => sink(MemoryMarshal.AsBytes(values.AsSpan()))));

    private static Section Vector(string name, SectionType type, int length) => new(name, type, 1, length, length);

    private sealed class HashedWriter(Stream target) : IDisposable
    {
        // Tables larger than this go out in pieces; a stream takes no more than an int of bytes at a time.
        private const int MaxPiece = 1 << 24;

        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long position;

        public void Put(ReadOnlySpan<byte> bytes)
        {
            for (var first = 0; first < bytes.Length; first += MaxPiece)
            {
                var piece = bytes.Slice(first, Math.Min(MaxPiece, bytes.Length - first));
                hash.AppendData(piece);
                target.Write(piece);
            }
            position += bytes.Length;
        }

        public void PutInt(int value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            Put(bytes);
        }

        public void Align() => Put(new byte[(int)(-position & (ModelArtifact.Alignment - 1))]);

        public string PutDigest()
        {
            var digest = hash.GetCurrentHash();
            Put(digest);
            return Convert.ToHexStringLower(digest);
        }

        public void Dispose() => hash.Dispose();
    }
}
