using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Storage.MySql.Audit;

/// <summary>
/// The key of the audit chain, and what it computes: mac(n) = HMAC-SHA256(key, mac(n - 1) ‖ row(n)). Whoever changes rows without the key
/// cannot make the chain fit again; the key therefore never enters the database.
/// </summary>
public sealed class AuditChain
{
    private const int MacBytes = 32;

    private readonly byte[] _key;

    /// <param name="key">At least 32 bytes.</param>
    public AuditChain(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 32);
        _key = key;
    }

    /// <summary>What the first row builds on.</summary>
    public static byte[] Start => new byte[MacBytes];

    /// <param name="previous">The MAC of the row before, 32 bytes.</param>
    /// <param name="at">Whole milliseconds, UTC.</param>
    public byte[] Mac(byte[] previous, long sequence, DateTime at, AuditEvent what)
    {
        ArgumentNullException.ThrowIfNull(what);
        var row = new ArrayBufferWriter<byte>();
        row.Write(previous);
        Number(row, sequence);
        Number(row, at.Ticks);
        foreach (string? text in (string?[])[what.Actor, what.Address, what.Action, what.Subject, what.Was, what.Became])
            Text(row, text);
        return HMACSHA256.HashData(_key, row.WrittenSpan);
    }

    private static void Number(ArrayBufferWriter<byte> row, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(row.GetSpan(8), value);
        row.Advance(8);
    }

    /// <summary>With its length before it, so that text cannot move from one column to the next; null is not the empty text.</summary>
    private static void Text(ArrayBufferWriter<byte> row, string? text)
    {
        Number(row, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null)
            row.Write(Encoding.UTF8.GetBytes(text));
    }
}
