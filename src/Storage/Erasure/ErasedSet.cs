using System.Buffers.Binary;

namespace Pipeline.Storage.Erasure;

/// <summary>The members erased up to a moment, as digests. About 40 bytes of memory each.</summary>
public sealed class ErasedSet
{
    private const int Remembered = 1 << 15;

    private readonly ErasureKey? _key;
    private readonly HashSet<UInt128> _digests;

    /// <summary>Members who were looked up and are not in the set, by a hash of their id: a digest costs a microsecond, and events come in crowds.</summary>
    private readonly long[] _others;

    internal ErasedSet(ErasureKey? key, long version, IEnumerable<byte[]> digests)
    {
        (_key, Version) = (key, version);
        _digests = [.. digests.Select(digest => BinaryPrimitives.ReadUInt128LittleEndian(digest))];
        _others = _digests.Count == 0 ? [] : new long[Remembered];
    }

    /// <summary>Nobody is erased.</summary>
    public static ErasedSet Empty { get; } = new(null, 0, []);

    public int Count => _digests.Count;

    /// <summary>Grows with every erasure.</summary>
    internal long Version { get; }

    /// <summary>Safe from any thread.</summary>
    public bool Contains(long member)
    {
        if (_digests.Count == 0)
            return false;
        // Fibonacci hashing: the highest bits are the best mixed.
        ref long slot = ref _others[(int)(((ulong)member * 0x9E3779B97F4A7C15) >> (64 - 15))];
        if (Volatile.Read(ref slot) == member)
            return false;
        if (_digests.Contains(BinaryPrimitives.ReadUInt128LittleEndian(_key!.Digest(member))))
            return true;
        Volatile.Write(ref slot, member);
        return false;
    }
}
