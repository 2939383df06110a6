using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>explain: PostgreSQL's own plan, line by line. MongoDB's stages do not exist here, so none are made up.</summary>
internal static class ExplainCommand
{
    public static Task<Reply> RunAsync(CommandContext context)
    {
        var body = context.Request.Body;
        var walker = new BsonWalker(body.Span);
        if (!walker.MoveNext(out var explained) || !explained.IsDocument)
            throw new CommandException(ErrorCode.FailedToParse, "explain takes a command as a document");
        var command = body.Slice(explained.ValueOffset, explained.Value.Length);
        var first = new BsonWalker(command.Span);
        return first.MoveNext(out var name)
            ? ExplainAsync(context, System.Text.Encoding.UTF8.GetString(name.Name), command)
            : throw new CommandException(ErrorCode.FailedToParse, "explain of an empty command");
    }

    public static async Task<Reply> ExplainAsync(CommandContext context, string name, ReadOnlyMemory<byte> command)
    {
        var function = name switch
        {
            "find" => "bson_aggregation_find",
            "aggregate" => "bson_aggregation_pipeline",
            "count" => "bson_aggregation_count",
            "distinct" => "bson_aggregation_distinct",
            _ => throw new CommandException(ErrorCode.CommandNotFound, $"explain of {name} is not supported"),
        };
        var writer = new BsonWriter().String("explainVersion", "1")
            .Document("queryPlanner").Document("winningPlan").String("stage", "POSTGRESQL").Array("plan");
        await using var lease = await context.LeaseAsync();
        await using var explain = Statement.Create(
            lease, $"EXPLAIN SELECT document FROM documentdb_api_catalog.{function}($1, $2)", context.Database, Statement.Bson(command));
        await using var rows = await explain.ExecuteReaderAsync(context.Cancellation);
        for (var line = 0; await rows.ReadAsync(context.Cancellation); line++)
            writer.String($"{line}", rows.GetString(0));
        return writer.End().End().End().Ok();
    }
}
