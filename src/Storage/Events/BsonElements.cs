using System.Buffers.Binary;

namespace Pipeline.Storage.Events;

/// <summary>Walks the elements of one BSON document without copying or decoding them. Every length is checked.</summary>
/// <remarks>https://bsonspec.org/spec.html</remarks>
internal ref struct BsonElements
{
    private const int MaxDepth = 100;   // what MongoDB itself accepts
    private readonly ReadOnlySpan<byte> _document;
    private int _at;

    /// <exception cref="FormatException">The length is not the one that the document names, or its end mark is missing.</exception>
    public BsonElements(ReadOnlySpan<byte> document)
    {
        if (document.Length < 5 || BinaryPrimitives.ReadInt32LittleEndian(document) != document.Length || document[^1] != 0)
            throw new FormatException("not a BSON document: its length or its end mark is wrong");
        _document = document;
        _at = sizeof(int);
    }

    public byte Type { get; private set; }
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The value's bytes, with the length prefix where the type has one.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <exception cref="FormatException">An element runs past the document's end, or its type does not exist.</exception>
    public bool MoveNext()
    {
        var rest = _document[_at..^1];
        if (rest.IsEmpty)
            return false;
        Type = rest[0];
        var name = CString(rest[1..]);
        Name = name;
        rest = rest[(1 + name.Length + 1)..];
        var length = ValueLength(Type, rest);
        if (length < 0 || length > rest.Length)
            throw new FormatException("a BSON element runs past its document");
        Value = rest[..length];
        _at = _document.Length - 1 - rest.Length + length;
        return true;
    }

    /// <summary>Throws unless the document and all documents in it are well formed.</summary>
    public static void Check(ReadOnlySpan<byte> document, int depth = 0)
    {
        if (depth > MaxDepth)
            throw new FormatException("BSON documents nested too deeply");
        var elements = new BsonElements(document);
        while (elements.MoveNext())
        {
            if (elements.Type is BsonKind.Document or BsonKind.Array)
                Check(elements.Value, depth + 1);
        }
    }

    /// <summary>An element of type string.</summary>
    public readonly ReadOnlySpan<byte> Text => Value[sizeof(int)..^1];

    /// <summary>A number of any width; 0 for null and for anything else.</summary>
    public readonly double Number => Type switch
    {
        BsonKind.Double => BinaryPrimitives.ReadDoubleLittleEndian(Value),
        BsonKind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Value),
        BsonKind.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Value),
        _ => 0,
    };

    /// <summary>A whole number of any width; 0 for null and for anything else.</summary>
    public readonly long Integer => Type switch
    {
        BsonKind.Int64 or BsonKind.Date => BinaryPrimitives.ReadInt64LittleEndian(Value),
        _ => (long)Number,
    };

    public readonly bool IsNumber => Type is BsonKind.Double or BsonKind.Int32 or BsonKind.Int64;

    /// <summary>An element of type binary with subtype 4.</summary>
    public readonly Guid Uuid => new(Value.Slice(5, 16), bigEndian: true);

    public readonly bool IsUuid => Type == BsonKind.Binary && Value.Length == 21 && Value[4] == 4;

    private static ReadOnlySpan<byte> CString(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return end < 0 ? throw new FormatException("a BSON name without an end") : bytes[..end];
    }

    private static int ValueLength(byte type, ReadOnlySpan<byte> rest) => type switch
    {
        BsonKind.Double or BsonKind.Date or BsonKind.Timestamp or BsonKind.Int64 => 8,
        BsonKind.Int32 => 4,
        BsonKind.Boolean => 1,
        BsonKind.ObjectId => 12,
        BsonKind.Decimal128 => 16,
        BsonKind.Undefined or BsonKind.Null or BsonKind.MinKey or BsonKind.MaxKey => 0,
        BsonKind.String or BsonKind.Code or BsonKind.Symbol => StringLength(rest),
        BsonKind.Binary => Prefixed(rest, minimum: 0, extra: 5),
        BsonKind.Document or BsonKind.Array or BsonKind.CodeWithScope => Prefixed(rest, minimum: 5, extra: 0),
        BsonKind.Regex => RegexLength(rest),
        BsonKind.DbPointer => StringLength(rest) is var text and >= 0 ? text + 12 : -1,
        _ => throw new FormatException($"0x{type:x2} is not a BSON type"),
    };

    private static int StringLength(ReadOnlySpan<byte> rest)
    {
        var length = Prefixed(rest, minimum: 1, extra: sizeof(int));
        return length < 0 || length > rest.Length || rest[length - 1] != 0 ? -1 : length;
    }

    private static int Prefixed(ReadOnlySpan<byte> rest, int minimum, int extra)
    {
        if (rest.Length < sizeof(int))
            return -1;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        return length < minimum || length > rest.Length ? -1 : length + extra;
    }

    private static int RegexLength(ReadOnlySpan<byte> rest)
    {
        var pattern = CString(rest).Length + 1;
        return pattern + CString(rest[pattern..]).Length + 1;
    }
}

/// <summary>The type bytes of BSON.</summary>
internal static class BsonKind
{
    public const byte Double = 0x01;
    public const byte String = 0x02;
    public const byte Document = 0x03;
    public const byte Array = 0x04;
    public const byte Binary = 0x05;
    public const byte Undefined = 0x06;
    public const byte ObjectId = 0x07;
    public const byte Boolean = 0x08;
    public const byte Date = 0x09;
    public const byte Null = 0x0a;
    public const byte Regex = 0x0b;
    public const byte DbPointer = 0x0c;
    public const byte Code = 0x0d;
    public const byte Symbol = 0x0e;
    public const byte CodeWithScope = 0x0f;
    public const byte Int32 = 0x10;
    public const byte Timestamp = 0x11;
    public const byte Int64 = 0x12;
    public const byte Decimal128 = 0x13;
    public const byte MaxKey = 0x7f;
    public const byte MinKey = 0xff;
}
