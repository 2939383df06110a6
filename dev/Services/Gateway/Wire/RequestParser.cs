using System.Buffers.Binary;
using System.Text;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Errors;

namespace Pipeline.Services.Gateway.Wire;

/// <summary>Takes the payload of one message apart into a <see cref="Request"/>.</summary>
internal static class RequestParser
{
    /// <summary>MongoDB's number for it; it has no name.</summary>
    private const int MissingDatabase = 40571;

    /// <param name="payload">An OP_MSG without its header: flag bits, sections, and a checksum where the flags say so.</param>
    public static Request ParseMessage(ReadOnlyMemory<byte> payload)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(payload.Span);
        var unknown = flags & WireProtocol.RequiredFlags & ~(WireProtocol.ChecksumPresent | WireProtocol.MoreToCome);
        if (unknown != 0)
            throw new CommandException(ErrorCode.FailedToParse, $"OP_MSG with unknown required flag bits 0x{unknown:x}");

        // The CRC is left unread: TCP on loopback has its own.
        var checksum = (flags & WireProtocol.ChecksumPresent) != 0 ? 4 : 0;
        if (payload.Length < 4 + checksum)
            throw new CommandException(ErrorCode.FailedToParse, "OP_MSG without room for its checksum");
        var sections = payload[4..^checksum];
        ReadOnlyMemory<byte>? body = null;
        List<(string Field, ReadOnlyMemory<byte> Documents)> sequences = [];
        while (sections.Length > 0)
        {
            var kind = sections.Span[0];
            var section = sections.Slice(1, SectionLength(sections.Span[1..]));
            sections = sections[(1 + section.Length)..];
            if (kind == 0 && body is null)
                body = section;
            else if (kind == 1)
                sequences.Add(Sequence(section));
            else
                throw new CommandException(ErrorCode.FailedToParse, kind == 0 ? "OP_MSG with two bodies" : $"OP_MSG section of unknown kind {kind}");
        }

        return Assemble(body ?? throw new CommandException(ErrorCode.FailedToParse, "OP_MSG without a body"), sequences);
    }

    /// <param name="payload">An OP_QUERY without its header. Drivers still open with it, before they know that the server speaks OP_MSG.</param>
    public static Request ParseQuery(ReadOnlyMemory<byte> payload)
    {
        var length = payload.Span[4..].IndexOf((byte)0);
        var tail = 4 + length + 1 + 8;
        if (length < 0 || payload.Length < tail + 5)
            throw new WireException("OP_QUERY is cut short");
        var collection = Encoding.UTF8.GetString(payload.Span.Slice(4, length));
        var body = payload.Slice(tail, BsonWalker.DocumentLength(payload.Span[tail..]));
        BsonValidator.Validate(body.Span);
        if (BsonWalker.TryFind(body.Span, "$query"u8, out var query) && query.IsDocument)
            body = body.Slice(query.ValueOffset, query.Value.Length);

        var name = CommandName(body.Span);
        if (!collection.EndsWith(".$cmd", StringComparison.Ordinal) || !IsHandshake(name))
            throw new CommandException(
                ErrorCode.UnsupportedOpQueryCommand, "OP_QUERY carries only a handshake here: use a driver that speaks OP_MSG");
        return new Request(name, collection[..^".$cmd".Length], body, null);
    }

    private static bool IsHandshake(string command) => command is "hello" or "isMaster" or "ismaster" or "saslStart" or "saslContinue";

    private static Request Assemble(ReadOnlyMemory<byte> body, List<(string Field, ReadOnlyMemory<byte> Documents)> sequences)
    {
        BsonValidator.Validate(body.Span);
        var name = CommandName(body.Span);
        var database = BsonWalker.FindString(body.Span, "$db"u8)
            ?? throw new CommandException(MissingDatabase, "OP_MSG requests require a $db argument");
        if (sequences is [var only] && (name, only.Field) is ("insert", "documents") or ("update", "updates") or ("delete", "deletes"))
            return new Request(name, database, body, only.Documents);
        foreach (var (field, documents) in sequences)
            body = Fold(body.Span, field, documents.Span);
        return new Request(name, database, body, null);
    }

    private static int SectionLength(ReadOnlySpan<byte> section)
    {
        var length = section.Length < 5 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(section);
        return length >= 5 && length <= section.Length
            ? length
            : throw new CommandException(ErrorCode.FailedToParse, "OP_MSG section with a length that does not fit");
    }

    private static (string Field, ReadOnlyMemory<byte> Documents) Sequence(ReadOnlyMemory<byte> section)
    {
        var length = section.Span[4..].IndexOf((byte)0);
        if (length < 0)
            throw new CommandException(ErrorCode.FailedToParse, "OP_MSG document sequence whose name does not end");
        var documents = section[(4 + length + 1)..];
        BsonValidator.ValidateSequence(documents.Span);
        return (Encoding.UTF8.GetString(section.Span.Slice(4, length)), documents);
    }

    private static string CommandName(ReadOnlySpan<byte> body)
    {
        var walker = new BsonWalker(body);
        return walker.MoveNext(out var first)
            ? Encoding.UTF8.GetString(first.Name)
            : throw new CommandException(ErrorCode.FailedToParse, "a command without a name");
    }

    /// <summary>A sequence that DocumentDB's functions do not take apart becomes an array of the body.</summary>
    private static byte[] Fold(ReadOnlySpan<byte> body, string field, ReadOnlySpan<byte> documents)
    {
        var writer = new BsonWriter();
        var walker = new BsonWalker(body);
        while (walker.MoveNext(out var element))
            writer.Copy(element);
        writer.Array(field);
        for (var index = 0; documents.Length > 0; index++)
        {
            var length = BsonWalker.DocumentLength(documents);
            writer.Encoded(BsonType.Document, $"{index}", documents[..length]);
            documents = documents[length..];
        }

        return writer.End().ToArray();
    }
}
