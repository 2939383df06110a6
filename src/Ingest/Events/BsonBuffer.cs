using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Ingest.Events;

/// <summary>BSON under construction: documents one after the other in one growing array.</summary>
/// <remarks>https://bsonspec.org/spec.html. Spans handed out are good until the next write.</remarks>
public sealed class BsonBuffer(int capacity)
{
    internal const byte Double = 0x01, String = 0x02, Document = 0x03, Array = 0x04, Binary = 0x05, Boolean = 0x08, Date = 0x09,
        Null = 0x0a, Int32 = 0x10, Int64 = 0x12;

    private const byte UuidSubtype = 4;
    private byte[] _bytes = new byte[capacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Slice(int start, int length) => _bytes.AsMemory(start, length);

    /// <summary>Forgets what was written from <paramref name="length"/> on.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Room for at most <paramref name="size"/> bytes, of which <see cref="Advance"/> takes those that were used.</summary>
    internal Span<byte> Room(int size)
    {
        if (_bytes.Length - Length < size)
            System.Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
        return _bytes.AsSpan(Length, size);
    }

    internal void Advance(int size) => Length += size;

    internal Span<byte> Written(int start, int length) => _bytes.AsSpan(start, length);

    /// <summary>The type byte of an element whose name and value follow.</summary>
    internal void SetType(int at, byte type) => _bytes[at] = type;

    /// <returns>Where the document begins, for <see cref="EndDocument"/>.</returns>
    internal int BeginDocument()
    {
        Room(sizeof(int));
        Advance(sizeof(int));
        return Length - sizeof(int);
    }

    internal void EndDocument(int start)
    {
        WriteByte(0);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start), Length - start);
    }

    /// <param name="name">Holds no NUL.</param>
    internal void WriteElement(byte type, ReadOnlySpan<byte> name)
    {
        var room = Room(name.Length + 2);
        room[0] = type;
        name.CopyTo(room[1..]);
        room[^1] = 0;
        Advance(room.Length);
    }

    internal void WriteByte(byte value)
    {
        Room(1)[0] = value;
        Advance(1);
    }

    internal void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), value);
        Advance(sizeof(int));
    }

    internal void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);
        Advance(sizeof(long));
    }

    internal void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
        Advance(sizeof(double));
    }

    internal void WriteString(ReadOnlySpan<byte> text)
    {
        var room = Room(sizeof(int) + text.Length + 1);
        BinaryPrimitives.WriteInt32LittleEndian(room, text.Length + 1);
        text.CopyTo(room[sizeof(int)..]);
        room[^1] = 0;
        Advance(room.Length);
    }

    internal void WriteString(string text)
    {
        var start = BeginString();
        Advance(Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length))));
        EndString(start);
    }

    /// <summary>Begins a string whose bytes follow through <see cref="Room"/> and <see cref="Advance"/>.</summary>
    /// <returns>Where it begins, for <see cref="EndString"/>.</returns>
    internal int BeginString()
    {
        WriteInt32(0);
        return Length;
    }

    internal void EndString(int start)
    {
        WriteByte(0);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start - sizeof(int)), Length - start);
    }

    internal void WriteUuid(Guid value)
    {
        var room = Room(sizeof(int) + 1 + 16);
        BinaryPrimitives.WriteInt32LittleEndian(room, 16);
        room[4] = UuidSubtype;
        value.TryWriteBytes(room[5..], bigEndian: true, out _);
        Advance(room.Length);
    }

    /// <summary>Fills in a UUID that <see cref="WriteUuid"/> wrote before it was known.</summary>
    internal void SetUuid(int at, Guid value) => value.TryWriteBytes(_bytes.AsSpan(at + 5), bigEndian: true, out _);
}
