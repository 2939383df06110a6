using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using Pipeline.Models.Training;

namespace Pipeline.Models.Artifacts;

/// <summary>Tables of a mapped file: factors stay where they are, the rest is copied.</summary>
internal sealed unsafe class MappedSections : ISectionSource
{
    private readonly MappedFile file;
    private long position;

    private MappedSections(MappedFile file, long position)
    {
        this.file = file;
        this.position = position;
    }

    /// <param name="reader">Past the version.</param>
    public static StoredModel Read(FileStream source, HashedReader reader)
    {
        var header = ArtifactHeader.Read(reader);
        var mapped = new MappedFile(source);
        var end = reader.Position;
        foreach (var section in header.Model.AllSections())
            end = Aligned(end) + section.Length;
        if (mapped.Length != end + SHA256.HashSizeInBytes)
            throw ModelArtifact.Damaged($"it has {mapped.Length} bytes where {end + SHA256.HashSizeInBytes} were written");
        var digest = mapped.Hash(end);
        if (!digest.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(mapped.Pointer + end, SHA256.HashSizeInBytes)))
            throw ModelArtifact.Damaged("its digest does not match its content");
        var tables = new ArtifactReader(header.Model, new MappedSections(mapped, reader.Position));
        return new StoredModel(ModelForms.Load(tables), header.DataDigest, Convert.ToHexStringLower(digest));
    }

    public T[] Array<T>(Section section)
        where T : unmanaged
    {
        var values = new ReadOnlySpan<T>(Take(section), section.Columns).ToArray();
        GC.KeepAlive(file);
        return values;
    }

    public FactorMatrix Factors(Section section) => new((float*)Take(section), section.Rows, section.Columns, file);

    private byte* Take(Section section)
    {
        var first = Aligned(position);
        position = first + section.Length;
        return file.Pointer + first;
    }

    private static long Aligned(long position) => (position + ModelArtifact.Alignment - 1) & -ModelArtifact.Alignment;
}

/// <summary>A file as memory, for as long as somebody holds it.</summary>
internal sealed unsafe class MappedFile
{
    private const int HashPiece = 1 << 24;

    private readonly Microsoft.Win32.SafeHandles.SafeMemoryMappedViewHandle handle;

    public MappedFile(FileStream source)
    {
        Length = source.Length;
        using var mapping = MemoryMappedFile.CreateFromFile(
            source, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        handle = view.SafeMemoryMappedViewHandle;
        // Without a count of its own on the handle: this object has the handle, and so the mapping, for as long as it is reachable.
        Pointer = (byte*)handle.DangerousGetHandle() + view.PointerOffset;
    }

    public long Length { get; }

    public byte* Pointer { get; }

    /// <summary>SHA-256 of the first bytes.</summary>
    public byte[] Hash(long count)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long first = 0; first < count; first += HashPiece)
            hash.AppendData(new ReadOnlySpan<byte>(Pointer + first, (int)Math.Min(HashPiece, count - first)));
        GC.KeepAlive(handle);
        return hash.GetHashAndReset();
    }
}
