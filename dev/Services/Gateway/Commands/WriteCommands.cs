using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Errors;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>insert, update, delete and findAndModify. Each is one statement, and so stored whole or, where PostgreSQL fails it, not at all.</summary>
internal static class WriteCommands
{
    public static Task<Reply> InsertAsync(CommandContext context) =>
        WriteAsync(context, "SELECT p_result::bytea, p_success FROM documentdb_api.insert($1, $2, $3, NULL)");

    public static Task<Reply> UpdateAsync(CommandContext context) =>
        WriteAsync(context, "SELECT p_result::bytea, p_success FROM documentdb_api.update($1, $2, $3, NULL)");

    public static Task<Reply> DeleteAsync(CommandContext context) =>
        WriteAsync(context, "SELECT p_result::bytea, p_success FROM documentdb_api.delete($1, $2, $3, NULL)");

    public static Task<Reply> FindAndModifyAsync(CommandContext context) =>
        context.QueryAsync("SELECT p_result::bytea FROM documentdb_api.find_and_modify($1, $2, NULL)", context.Database, context.Body);

    private static async Task<Reply> WriteAsync(CommandContext context, string sql)
    {
        await using var lease = await context.LeaseAsync();
        await using var command = Statement.Create(lease, sql, context.Database, context.Body, Statement.Bson(context.Request.Sequence));
        var (reply, succeeded) = await context.RunAsync(command, row => (Statement.Document(row, 0), row.GetBoolean(1)));
        if (succeeded)
            return reply;
        using (reply)
            return WriteErrors.Translate(context.Request, reply.Document);
    }
}
