using System.Buffers.Binary;

namespace Pipeline.Generator;

/// <summary>UUIDs from the seeded numbers.</summary>
internal static class Ids
{
    /// <summary>Version 4.</summary>
    public static Guid Random(ref Random64 random) => Make(random.Next(), random.Next(), version: 4);

    /// <summary>Version 7: begins with the time, as a producer's ids do.</summary>
    public static Guid OfTime(DateTime at, ref Random64 random)
    {
        var milliseconds = (ulong)((at - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond);
        return Make((milliseconds << 16) | (random.Next() >> 48), random.Next(), version: 7);
    }

    private static Guid Make(ulong high, ulong low, ulong version)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (high & ~0xf000UL) | (version << 12));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (low >> 2) | 0x8000000000000000);
        return new Guid(bytes, bigEndian: true);
    }
}
