using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Bson;

/// <summary>Writes one document into a pooled buffer that <see cref="ToReply"/> hands on without a copy.</summary>
internal sealed class BsonWriter
{
    private readonly Stack<int> _open = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(512);
    private int _end = Reply.Headroom;

    public BsonWriter() => OpenDocument();

    public BsonWriter Int32(string name, int value)
    {
        Name(BsonType.Int32, name);
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        return this;
    }

    public BsonWriter Int64(string name, long value)
    {
        Name(BsonType.Int64, name);
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        return this;
    }

    public BsonWriter Double(string name, double value)
    {
        Name(BsonType.Double, name);
        BinaryPrimitives.WriteDoubleLittleEndian(Room(8), value);
        return this;
    }

    public BsonWriter Boolean(string name, bool value)
    {
        Name(BsonType.Boolean, name);
        Room(1)[0] = value ? (byte)1 : (byte)0;
        return this;
    }

    public BsonWriter Date(string name, DateTimeOffset value)
    {
        Name(BsonType.DateTime, name);
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value.ToUnixTimeMilliseconds());
        return this;
    }

    public BsonWriter String(string name, string value)
    {
        Name(BsonType.String, name);
        var length = Encoding.UTF8.GetByteCount(value);
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), length + 1);
        var text = Room(length + 1);
        Encoding.UTF8.GetBytes(value, text);
        text[length] = 0;
        return this;
    }

    public BsonWriter Binary(string name, byte subtype, ReadOnlySpan<byte> value)
    {
        Name(BsonType.Binary, name);
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value.Length);
        Room(1)[0] = subtype;
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>An element whose value is already encoded.</summary>
    public BsonWriter Encoded(BsonType type, string name, ReadOnlySpan<byte> value)
    {
        Name(type, name);
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>An element of another document, as it stands there.</summary>
    public BsonWriter Copy(BsonElement element)
    {
        Room(1)[0] = (byte)element.Type;
        element.Name.CopyTo(Room(element.Name.Length));
        Room(1)[0] = 0;
        element.Value.CopyTo(Room(element.Value.Length));
        return this;
    }

    public BsonWriter Document(string name)
    {
        Name(BsonType.Document, name);
        return OpenDocument();
    }

    public BsonWriter Array(string name)
    {
        Name(BsonType.Array, name);
        return OpenDocument();
    }

    /// <summary>Ends the innermost open document or array.</summary>
    public BsonWriter End()
    {
        Room(1)[0] = 0;
        var start = _open.Pop();
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start), _end - start);
        return this;
    }

    /// <summary>Ends the document as the reply of a command that succeeded.</summary>
    public Reply Ok() => Double("ok", 1).ToReply();

    /// <summary>Ends the document. The writer cannot be used afterwards: its buffer belongs to the reply.</summary>
    public Reply ToReply()
    {
        End();
        var reply = new Reply(_buffer, _end - Reply.Headroom);
        _buffer = [];
        return reply;
    }

    /// <summary>Ends the document as an array of its own, for bytes that outlive the reply.</summary>
    public byte[] ToArray()
    {
        using var reply = ToReply();
        return reply.Document.ToArray();
    }

    private BsonWriter OpenDocument()
    {
        _open.Push(_end);
        Room(4);
        return this;
    }

    private void Name(BsonType type, string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        var room = Room(length + 2);
        room[0] = (byte)type;
        Encoding.UTF8.GetBytes(name, room[1..]);
        room[length + 1] = 0;
    }

    private Span<byte> Room(int length)
    {
        if (_end + length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _end + length));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var room = _buffer.AsSpan(_end, length);
        _end += length;
        return room;
    }
}
