using Npgsql;
using Pipeline.Services.Gateway.Authentication;
using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Commands;

/// <summary>One command of one client.</summary>
/// <param name="Cancellation">Fires when the client is gone, its maxTimeMS has passed, or the gateway's stop has run out of patience.</param>
internal sealed record CommandContext(Request Request, ClientIdentity Client, GatewayServices Services, CancellationToken Cancellation)
{
    public NpgsqlParameter Database => Statement.Text(Request.Database);

    public NpgsqlParameter Body => Statement.Bson(Request.Body);

    public Task<Lease> LeaseAsync() => Services.Pool.LeaseAsync(Cancellation);

    /// <summary>Runs a statement that returns one row, again where a concurrent one got into its way, and reads that row.</summary>
    public Task<T> RunAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read) => ConnectionPool.RetryConflictsAsync(
        async () =>
        {
            await using var row = await Statement.RowAsync(command, Cancellation);
            return read(row);
        },
        Services.Options.Time,
        Cancellation);

    /// <summary>Runs a function whose document is the reply.</summary>
    public async Task<Reply> QueryAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var lease = await LeaseAsync();
        await using var command = Statement.Create(lease, sql, parameters);
        return await RunAsync(command, row => Statement.Document(row, 0));
    }

    /// <summary>Runs a function that answers nothing a client would want to know.</summary>
    public async Task ExecuteAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var lease = await LeaseAsync();
        await using var command = Statement.Create(lease, sql, parameters);
        await ConnectionPool.RetryConflictsAsync(() => command.ExecuteNonQueryAsync(Cancellation), Services.Options.Time, Cancellation);
    }
}
