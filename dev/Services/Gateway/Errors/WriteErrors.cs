using System.Text;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Errors;

/// <summary>
/// Turns the writeErrors of a DocumentDB reply into MongoDB's: the code is a packed SQLSTATE there, and a duplicate key says
/// neither E11000 nor which key. Every error keeps the index of its document.
/// </summary>
internal static class WriteErrors
{
    public static Reply Translate(Request request, ReadOnlySpan<byte> result)
    {
        var writer = new BsonWriter();
        var walker = new BsonWalker(result);
        while (walker.MoveNext(out var element))
        {
            if (element.Type is BsonType.Array && element.Name.SequenceEqual("writeErrors"u8))
                WriteAll(writer, request, element.Value);
            else
                writer.Copy(element);
        }

        return writer.ToReply();
    }

    private static void WriteAll(BsonWriter writer, Request request, ReadOnlySpan<byte> errors)
    {
        var documents = new SentDocuments(request);
        var collection = $"{request.Database}.{request.Collection}";
        writer.Array("writeErrors");
        var walker = new BsonWalker(errors);
        while (walker.MoveNext(out var error))
        {
            writer.Document(Encoding.UTF8.GetString(error.Name));
            Write(writer, error.Value, collection, ref documents);
            writer.End();
        }

        writer.End();
    }

    private static void Write(BsonWriter writer, ReadOnlySpan<byte> error, string collection, ref SentDocuments documents)
    {
        var index = BsonWalker.TryFind(error, "index"u8, out var indexField) && indexField.Type is BsonType.Int32 ? indexField.Int32 : 0;
        var message = BsonWalker.FindString(error, "errmsg"u8) ?? "";
        var code = (int)ErrorCode.UnknownError;
        if (BsonWalker.TryFind(error, "code"u8, out var codeField) && codeField.Type is BsonType.Int32
            && !SqlStates.TryGetCode(codeField.Int32, out code))
        {
            code = (int)ErrorCode.UnknownError;
            message = $"{message} (SQLSTATE {SqlStates.Unpack(codeField.Int32)})";
        }

        writer.Int32("index", index).Int32("code", code);
        if (code == (int)ErrorCode.DuplicateKey)
            DuplicateKey.Write(writer, message, collection, documents.At(index));
        else
            writer.String("errmsg", message);
    }

    /// <summary>The documents of an insert by index. Errors come in the order of the batch, so the walk goes on where it stood.</summary>
    private ref struct SentDocuments
    {
        private readonly ReadOnlySpan<byte> _all;
        private readonly bool _isArray;
        private ReadOnlySpan<byte> _rest;
        private int _next;

        public SentDocuments(Request request)
        {
            if (request.Name != "insert")
                return;
            if (request.Sequence is { } sequence)
                _all = sequence.Span;
            else if (BsonWalker.TryFind(request.Body.Span, "documents"u8, out var array) && array.Type is BsonType.Array)
            {
                _all = array.Value[4..^1];
                _isArray = true;
            }

            _rest = _all;
        }

        /// <summary>Empty where the write was no insert.</summary>
        public ReadOnlySpan<byte> At(int index)
        {
            if (index < _next)
            {
                _rest = _all;
                _next = 0;
            }

            while (_rest.Length > 0)
            {
                var header = _isArray ? 1 + _rest[1..].IndexOf((byte)0) + 1 : 0;
                var document = _rest.Slice(header, BsonWalker.DocumentLength(_rest[header..]));
                _rest = _rest[(header + document.Length)..];
                if (_next++ == index)
                    return document;
            }

            return [];
        }
    }
}
