using System.Buffers;
using System.Buffers.Binary;

namespace Pipeline.Services.Gateway.Wire;

/// <summary>
/// A reply's document in a pooled buffer that keeps room in front of it for the message header, so that header and document go
/// out in one send without another copy.
/// </summary>
internal sealed class Reply(byte[] buffer, int length) : IDisposable
{
    /// <summary>Bytes of the longer of the two headers, OP_REPLY's.</summary>
    public const int Headroom = 36;

    private byte[] _buffer = buffer;

    public Span<byte> Document => _buffer.AsSpan(Headroom, length);

    /// <summary>Where the document's bytes are to be written, of a reply made by <see cref="Rent"/>.</summary>
    public ArraySegment<byte> Target => new(_buffer, Headroom, length);

    public static Reply Rent(int length) => new(ArrayPool<byte>.Shared.Rent(Headroom + length), length);

    /// <summary>The document as an OP_MSG: flag bits, then one section of kind 0.</summary>
    public ReadOnlyMemory<byte> ToMessage(int id, int responseTo)
    {
        var header = Header(21, id, responseTo, WireProtocol.OpMsg);
        header[16..].Clear();
        return _buffer.AsMemory(Headroom - 21, 21 + length);
    }

    /// <summary>The document as an OP_REPLY, which answers OP_QUERY: the first steps of a connection.</summary>
    public ReadOnlyMemory<byte> ToLegacyReply(int id, int responseTo)
    {
        const uint awaitCapable = 8;
        var header = Header(36, id, responseTo, WireProtocol.OpReply);
        header[16..].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], awaitCapable);
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], 1);
        return _buffer.AsMemory(0, 36 + length);
    }

    public void Dispose()
    {
        var returned = Interlocked.Exchange(ref _buffer, []);
        if (returned.Length > 0)
            ArrayPool<byte>.Shared.Return(returned);
    }

    private Span<byte> Header(int size, int id, int responseTo, int opcode)
    {
        var header = _buffer.AsSpan(Headroom - size, size);
        BinaryPrimitives.WriteInt32LittleEndian(header, size + length);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], id);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], responseTo);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], opcode);
        return header;
    }
}
