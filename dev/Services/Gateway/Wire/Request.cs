using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Errors;

namespace Pipeline.Services.Gateway.Wire;

/// <summary>A command: its body and, for writes, the documents that came apart from it, laid one after another.</summary>
/// <param name="Name">The body's first field.</param>
/// <param name="Database">The body's $db.</param>
/// <param name="Body">Valid BSON; lies in the connection's receive buffer, so it lives as long as the command runs.</param>
/// <param name="Sequence">The document sequence of an insert, update or delete; of any other command it is folded into the body.</param>
internal sealed record Request(string Name, string Database, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte>? Sequence)
{
    /// <summary>The command's own value, where that is text: nearly always the collection.</summary>
    public string Collection
    {
        get
        {
            var walker = new BsonWalker(Body.Span);
            return walker.MoveNext(out var first) && first.Type is BsonType.String
                ? first.String
                : throw new CommandException(ErrorCode.InvalidNamespace, $"collection name has invalid type in {Name}");
        }
    }

    /// <summary>Zero where the command sets no limit.</summary>
    public TimeSpan MaxTime =>
        BsonWalker.TryFind(Body.Span, "maxTimeMS"u8, out var limit) && limit.Number is > 0 and <= int.MaxValue and var milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : TimeSpan.Zero;

    public bool Has(ReadOnlySpan<byte> field) => BsonWalker.TryFind(Body.Span, field, out _);
}
