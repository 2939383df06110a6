using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Bson;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>Commands on a collection or a database as a whole. Each is one function of DocumentDB.</summary>
internal static class CollectionCommands
{
    public static Task<Reply> CountAsync(CommandContext context) =>
        context.QueryAsync("SELECT document::bytea FROM documentdb_api.count_query($1, $2)", context.Database, context.Body);

    public static Task<Reply> DistinctAsync(CommandContext context) =>
        context.QueryAsync("SELECT document::bytea FROM documentdb_api.distinct_query($1, $2)", context.Database, context.Body);

    public static Task<Reply> CreateAsync(CommandContext context) =>
        context.QueryAsync("SELECT documentdb_api.create_collection_view($1, $2)::bytea", context.Database, context.Body);

    public static async Task<Reply> DropAsync(CommandContext context)
    {
        var collection = context.Request.Collection;
        await context.ExecuteAsync("SELECT documentdb_api.drop_collection($1, $2)", context.Database, Statement.Text(collection));
        return new BsonWriter().String("ns", $"{context.Request.Database}.{collection}").Ok();
    }

    public static async Task<Reply> DropDatabaseAsync(CommandContext context)
    {
        await context.ExecuteAsync("SELECT documentdb_api.drop_database($1)", context.Database);
        return new BsonWriter().String("dropped", context.Request.Database).Ok();
    }

    public static Task<Reply> ModifyAsync(CommandContext context) => context.QueryAsync(
        "SELECT documentdb_api.coll_mod($1, $2, $3)::bytea", context.Database, Statement.Text(context.Request.Collection), context.Body);

    public static async Task<Reply> RenameAsync(CommandContext context)
    {
        await context.ExecuteAsync("SELECT documentdb_api.rename_collection($1)", context.Body);
        return new BsonWriter().Ok();
    }

    public static Task<Reply> ValidateAsync(CommandContext context) =>
        context.QueryAsync("SELECT document::bytea FROM documentdb_api.validate($1, $2)", context.Database, context.Body);

    public static Task<Reply> CollectionStatisticsAsync(CommandContext context) => context.QueryAsync(
        "SELECT documentdb_api.coll_stats($1, $2, 1)::bytea", context.Database, Statement.Text(context.Request.Collection));

    public static Task<Reply> DatabaseStatisticsAsync(CommandContext context) =>
        context.QueryAsync("SELECT documentdb_api.db_stats($1, 1, false)::bytea", context.Database);

    public static Task<Reply> ListDatabasesAsync(CommandContext context) =>
        context.QueryAsync("SELECT documentdb_api.list_databases($1)::bytea", context.Body);
}
