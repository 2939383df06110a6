using System.Buffers.Binary;

namespace Pipeline.Services.Gateway.Bson;

/// <summary>
/// Checks the shape of every byte that goes on to PostgreSQL. The server's extension is C that reads what it is given; a
/// client's mistake must end here, as an error of that client, and not in a backend that others share.
/// </summary>
internal static class BsonValidator
{
    /// <summary>MongoDB's own bound on nesting.</summary>
    public const int MaxDepth = 180;

    public static void Validate(ReadOnlySpan<byte> document, int depth = 0)
    {
        if (depth > MaxDepth)
            throw new BsonException($"documents are nested deeper than {MaxDepth}");
        if (BsonWalker.DocumentLength(document) != document.Length || document[^1] != 0)
            throw new BsonException("a document's length does not fit");

        var walker = new BsonWalker(document);
        var end = 4;
        while (walker.MoveNext(out var element))
        {
            ValidateValue(element, depth);
            end = element.ValueOffset + element.Value.Length;
        }

        if (end != document.Length - 1)
            throw new BsonException("a document ends before its length does");
    }

    /// <summary>Checks documents that lie one after another and returns how many there are.</summary>
    public static int ValidateSequence(ReadOnlySpan<byte> documents)
    {
        var count = 0;
        for (; documents.Length > 0; count++)
        {
            var length = BsonWalker.DocumentLength(documents);
            Validate(documents[..length]);
            documents = documents[length..];
        }

        return count;
    }

    private static void ValidateValue(BsonElement element, int depth)
    {
        var value = element.Value;
        switch (element.Type)
        {
            case BsonType.Document or BsonType.Array:
                Validate(value, depth + 1);
                break;
            case BsonType.String or BsonType.JavaScript or BsonType.Symbol when value[^1] != 0:
                throw new BsonException("a string does not end in zero");
            case BsonType.Boolean when value[0] > 1:
                throw new BsonException("a boolean is neither 0 nor 1");
            case BsonType.DbPointer when value[^13] != 0:
                throw new BsonException("a pointer's namespace does not end in zero");
            case BsonType.JavaScriptWithScope:
                ValidateCodeWithScope(value, depth);
                break;
        }
    }

    private static void ValidateCodeWithScope(ReadOnlySpan<byte> value, int depth)
    {
        var code = BinaryPrimitives.ReadInt32LittleEndian(value[4..]);
        if (code < 1 || code > value.Length - 13 || value[8 + code - 1] != 0)
            throw new BsonException("a code's length does not fit");
        Validate(value[(8 + code)..], depth + 1);
    }
}
