using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>createIndexes and dropIndexes.</summary>
internal static class IndexCommands
{
    private static readonly TimeSpan BuildPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// An index on a collection that exists is queued, and built by whoever comes first: pg_cron's job, every two seconds, or this
    /// command, which does not want to wait for it. Either way the reply comes when the index is there.
    /// </summary>
    public static async Task<Reply> CreateAsync(CommandContext context)
    {
        await using var lease = await context.LeaseAsync();
        await using var command = Statement.Create(
            lease, "SELECT retval::bytea, ok, requests::bytea FROM documentdb_api.create_indexes_background($1, $2)", context.Database, context.Body);
        var (reply, accepted, requests) = await context.RunAsync(
            command, row => (Statement.Document(row, 0), row.GetBoolean(1), Statement.Bytes(row, 2)));
        if (!accepted)
            throw Failure(reply);
        if (requests.Length > 5)
            await BuildAsync(context, lease, requests);
        return reply;
    }

    public static async Task<Reply> DropAsync(CommandContext context)
    {
        await using var lease = await context.LeaseAsync();
        await using var command = Statement.Create(lease, "CALL documentdb_api.drop_indexes($1, $2)", context.Database, context.Body);
        // The result of a CALL cannot be cast, and Npgsql cannot read the type bson: it comes as text.
        command.AllResultTypesAreUnknown = true;
        var result = await context.RunAsync(command, row => Convert.FromHexString(row.GetString(0).AsSpan("BSONHEX".Length)));
        if (!BsonWalker.IsTrue(result, "ok"u8))
            throw FromPacked(result);
        // "ok" is a boolean there, where MongoDB's clients want a number.
        var writer = new BsonWriter();
        if (BsonWalker.TryFind(result, "nIndexesWas"u8, out var count))
            writer.Copy(count);
        return writer.Ok();
    }

    private static async Task BuildAsync(CommandContext context, Lease lease, byte[] requests)
    {
        await using var build = Statement.Create(lease, "CALL documentdb_api_internal.build_index_concurrently(1)");
        await using var status = Statement.Create(
            lease, "SELECT retval::bytea, ok, complete FROM documentdb_api_internal.check_build_index_status($1)", Statement.Bson(requests));
        while (true)
        {
            await build.ExecuteNonQueryAsync(context.Cancellation);
            var (reply, succeeds, complete) = await context.RunAsync(
                status, row => (Statement.Document(row, 0), row.GetBoolean(1), row.GetBoolean(2)));
            if (!succeeds)
                throw Failure(reply);
            reply.Dispose();
            if (complete)
                return;
            await Task.Delay(BuildPoll, context.Services.Options.Time, context.Cancellation);
        }
    }

    /// <summary>From { raw: { shard: { ok, errmsg, code } } }, or from the inner document alone.</summary>
    private static CommandException Failure(Reply reply)
    {
        using (reply)
        {
            if (BsonWalker.TryFind(reply.Document, "raw"u8, out var shards) && shards.IsDocument)
            {
                var walker = new BsonWalker(shards.Value);
                if (walker.MoveNext(out var first) && first.IsDocument)
                    return FromPacked(first.Value);
            }

            return FromPacked(reply.Document);
        }
    }

    private static CommandException FromPacked(ReadOnlySpan<byte> error)
    {
        var message = BsonWalker.FindString(error, "errmsg"u8) ?? "the index operation failed";
        if (!BsonWalker.TryFind(error, "code"u8, out var packed) || packed.Type is not BsonType.Int32)
            return new CommandException(ErrorCode.UnknownError, message);
        return SqlStates.TryGetCode(packed.Int32, out var code)
            ? new CommandException(code, message)
            : new CommandException(ErrorCode.UnknownError, $"{message} (SQLSTATE {SqlStates.Unpack(packed.Int32)})");
    }
}
