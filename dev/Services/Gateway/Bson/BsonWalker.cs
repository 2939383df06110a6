using System.Buffers.Binary;

namespace Pipeline.Services.Gateway.Bson;

/// <summary>Walks the elements of one document without decoding them: all but a few fields of a command are opaque to the gateway.</summary>
internal ref struct BsonWalker(ReadOnlySpan<byte> document)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private int _position = 4;

    public bool MoveNext(out BsonElement element)
    {
        if (_position >= _document.Length || _document[_position] == 0)
        {
            element = default;
            return false;
        }

        var type = (BsonType)_document[_position++];
        var nameLength = _document[_position..].IndexOf((byte)0);
        if (nameLength < 0)
            throw new BsonException("an element's name does not end");
        var name = _document.Slice(_position, nameLength);
        _position += nameLength + 1;

        var length = ValueLength(type, _document[_position..]);
        // The document's own zero byte must still follow the value.
        if (length >= _document.Length - _position)
            throw new BsonException("an element reaches past the end of its document");
        element = new BsonElement(type, name, _document.Slice(_position, length), _position);
        _position += length;
        return true;
    }

    public static bool TryFind(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name, out BsonElement element)
    {
        var walker = new BsonWalker(document);
        while (walker.MoveNext(out element))
            if (element.Name.SequenceEqual(name))
                return true;
        return false;
    }

    public static string? FindString(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name) =>
        TryFind(document, name, out var element) && element.Type is BsonType.String ? element.String : null;

    public static bool IsTrue(ReadOnlySpan<byte> document, ReadOnlySpan<byte> name) =>
        TryFind(document, name, out var element) && element.Number is { } number && number != 0;

    /// <summary>The length of the first of the documents that lie one after another in <paramref name="documents"/>.</summary>
    public static int DocumentLength(ReadOnlySpan<byte> documents)
    {
        var length = documents.Length < 5 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(documents);
        return length >= 5 && length <= documents.Length ? length : throw new BsonException("a document's length does not fit");
    }

    internal static int ValueLength(BsonType type, ReadOnlySpan<byte> rest) => type switch
    {
        BsonType.Double or BsonType.DateTime or BsonType.Timestamp or BsonType.Int64 => 8,
        BsonType.String or BsonType.JavaScript or BsonType.Symbol => Prefixed(rest, 4, atLeast: 1),
        BsonType.Document or BsonType.Array => Prefixed(rest, 0, atLeast: 5),
        BsonType.JavaScriptWithScope => Prefixed(rest, 0, atLeast: 14),
        BsonType.Binary => Prefixed(rest, 5, atLeast: 0),
        BsonType.DbPointer => Prefixed(rest, 16, atLeast: 1),
        BsonType.Undefined or BsonType.Null or BsonType.MinKey or BsonType.MaxKey => 0,
        BsonType.ObjectId => 12,
        BsonType.Boolean => 1,
        BsonType.Regex => Terminated(rest, Terminated(rest, 0)),
        BsonType.Int32 => 4,
        BsonType.Decimal128 => 16,
        _ => throw new BsonException($"there is no BSON type 0x{(byte)type:x2}"),
    };

    private static int Prefixed(ReadOnlySpan<byte> rest, int besides, int atLeast)
    {
        var length = rest.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest);
        return length >= atLeast && length <= rest.Length - besides
            ? length + besides
            : throw new BsonException("a value's length does not fit");
    }

    private static int Terminated(ReadOnlySpan<byte> rest, int from)
    {
        var length = rest[from..].IndexOf((byte)0);
        return length >= 0 ? from + length + 1 : throw new BsonException("a text does not end");
    }
}
