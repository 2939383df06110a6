using Npgsql;
using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Cursors;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>Commands that answer in pages. DocumentDB gives a continuation with each page, and the next one is asked for with it.</summary>
internal static class CursorCommands
{
    public static Task<Reply> FindAsync(CommandContext context) => FirstPageAsync(context, "find_cursor_first_page");

    public static Task<Reply> AggregateAsync(CommandContext context) =>
        BsonWalker.IsTrue(context.Request.Body.Span, "explain"u8)
            ? ExplainCommand.ExplainAsync(context, context.Request.Name, context.Request.Body)
            : FirstPageAsync(context, "aggregate_cursor_first_page");

    public static Task<Reply> ListCollectionsAsync(CommandContext context) => FirstPageAsync(context, "list_collections_cursor_first_page");

    public static Task<Reply> ListIndexesAsync(CommandContext context) => FirstPageAsync(context, "list_indexes_cursor_first_page");

    public static async Task<Reply> GetMoreAsync(CommandContext context)
    {
        var cursor = context.Services.Cursors.Take(CursorId(context.Request));
        var goesOn = false;
        try
        {
            var (reply, continuation) = await NextPageAsync(context, cursor);
            if (HasMore(continuation))
                goesOn = context.Services.Cursors.PutBack(cursor with { Continuation = continuation, Owner = context.Client.Id });
            return reply;
        }
        finally
        {
            if (!goesOn)
            {
                // A page that failed leaves no bookmark to go on from: the cursor is over, as it is in MongoDB.
                context.Services.Cursors.Finish(cursor.Id);
                await CursorRegistry.UnpinAsync(cursor);
            }
        }
    }

    public static async Task<Reply> KillCursorsAsync(CommandContext context)
    {
        var asked = CursorIds(context.Request);
        var killed = await context.Services.Cursors.KillAsync(asked, context.Cancellation);
        var writer = new BsonWriter();
        WriteIds(writer, "cursorsKilled", asked.Where(killed.Contains));
        WriteIds(writer, "cursorsNotFound", asked.Where(id => !killed.Contains(id)));
        WriteIds(writer, "cursorsAlive", []);
        WriteIds(writer, "cursorsUnknown", []);
        return writer.Ok();
    }

    private static async Task<Reply> FirstPageAsync(CommandContext context, string function)
    {
        context.Services.Cursors.EnsureRoom();
        var lease = await context.LeaseAsync();
        var pinned = false;
        try
        {
            await using var command = Statement.Create(
                lease,
                $"SELECT cursorpage::bytea, continuation::bytea, persistconnection, cursorid FROM documentdb_api.{function}($1, $2)",
                context.Database,
                context.Body);
            var (reply, continuation, pins, id) = await context.RunAsync(
                command, row => (Statement.Document(row, 0), Statement.Bytes(row, 1), row.GetBoolean(2), row.GetInt64(3)));
            if (id != 0 && HasMore(continuation))
            {
                pinned = pins;
                var neverExpires = BsonWalker.IsTrue(context.Request.Body.Span, "noCursorTimeout"u8);
                context.Services.Cursors.Add(
                    new OpenCursor(id, context.Request.Database, continuation, pinned ? lease : null, context.Client.Id, neverExpires));
            }

            return reply;
        }
        finally
        {
            if (!pinned)
                await lease.DisposeAsync();
        }
    }

    private static async Task<(Reply Reply, byte[] Continuation)> NextPageAsync(CommandContext context, OpenCursor cursor)
    {
        var lease = cursor.Pinned ?? await context.LeaseAsync();
        try
        {
            await using var command = Statement.Create(
                lease,
                "SELECT cursorpage::bytea, continuation::bytea FROM documentdb_api.cursor_get_more($1, $2, $3)",
                Statement.Text(cursor.Database),
                context.Body,
                Statement.Bson(cursor.Continuation));
            await using NpgsqlDataReader row = await Statement.RowAsync(command, context.Cancellation);
            return (Statement.Document(row, 0), Statement.Bytes(row, 1));
        }
        finally
        {
            if (cursor.Pinned is null)
                await lease.DisposeAsync();
        }
    }

    /// <summary>An empty document is five bytes.</summary>
    private static bool HasMore(byte[] continuation) => continuation.Length > 5;

    private static long CursorId(Request request)
    {
        var walker = new BsonWalker(request.Body.Span);
        return walker.MoveNext(out var first) && first.Type is BsonType.Int64
            ? first.Int64
            : throw new CommandException(ErrorCode.TypeMismatch, "the cursor id of getMore must be a 64-bit integer");
    }

    private static List<long> CursorIds(Request request)
    {
        if (!BsonWalker.TryFind(request.Body.Span, "cursors"u8, out var list) || list.Type is not BsonType.Array)
            throw new CommandException(ErrorCode.FailedToParse, "killCursors needs an array 'cursors'");
        List<long> ids = [];
        var walker = new BsonWalker(list.Value);
        while (walker.MoveNext(out var element))
            ids.Add(element.Type is BsonType.Int64
                ? element.Int64
                : throw new CommandException(ErrorCode.TypeMismatch, "a cursor id must be a 64-bit integer"));
        return ids;
    }

    private static void WriteIds(BsonWriter writer, string name, IEnumerable<long> ids)
    {
        writer.Array(name);
        foreach (var (index, id) in ids.Index())
            writer.Int64($"{index}", id);
        writer.End();
    }
}
