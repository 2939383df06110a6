using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pipeline.Models.Artifacts;

/// <summary>Reads a stream and hashes what it reads.</summary>
internal sealed class HashedReader(Stream source) : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public Stream Source => source;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

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

    /// <summary>Compares the next bytes, a SHA-256, with that of everything before them, and counts them to what follows.</summary>
    /// <returns>The digest, lower-case hexadecimal.</returns>
    public string CheckDigest(string what)
    {
        var computed = hash.GetCurrentHash();
        var digest = new byte[SHA256.HashSizeInBytes];
        Fill(digest, what);
        return computed.AsSpan().SequenceEqual(digest)
            ? Convert.ToHexStringLower(digest)
            : throw ModelArtifact.Damaged($"its {what} does not match its content");
    }

    public void RequireEnd()
    {
        if (source.ReadByte() >= 0)
            throw ModelArtifact.Damaged("bytes follow its digest");
    }

    public void Dispose() => hash.Dispose();

    private void Unhashed(Span<byte> target, string what)
    {
        if (source.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
            throw ModelArtifact.Damaged($"it ends within its {what}");
        Position += target.Length;
    }
}
