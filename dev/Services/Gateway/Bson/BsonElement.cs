using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Services.Gateway.Bson;

/// <summary>One element of a document: its type, and where its name and value lie.</summary>
internal readonly ref struct BsonElement(BsonType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int valueOffset)
{
    public BsonType Type { get; } = type;

    /// <summary>Without the terminating zero.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value's own bytes: of a document the whole document, of a string its length, text and zero.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Offset of <see cref="Value"/> in the document that was walked.</summary>
    public int ValueOffset { get; } = valueOffset;

    public bool IsDocument => Type is BsonType.Document;

    public int Int32 => BinaryPrimitives.ReadInt32LittleEndian(Value);

    public long Int64 => BinaryPrimitives.ReadInt64LittleEndian(Value);

    public string String => Encoding.UTF8.GetString(Value[4..^1]);

    /// <summary>The payload of a binary value, without length and subtype.</summary>
    public ReadOnlySpan<byte> Binary => Value[5..];

    /// <summary>The value as a number, or null where it is none; booleans are 0 and 1, as MongoDB's commands take them.</summary>
    public double? Number => Type switch
    {
        BsonType.Double => BinaryPrimitives.ReadDoubleLittleEndian(Value),
        BsonType.Boolean => Value[0],
        BsonType.Int32 => Int32,
        BsonType.Int64 => Int64,
        _ => null,
    };
}
