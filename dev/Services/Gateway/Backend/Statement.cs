using Npgsql;
using NpgsqlTypes;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway.Backend;

/// <summary>
/// Parameters and results of DocumentDB's functions. They take BSON as bytea, which PostgreSQL casts by itself, and their
/// results have to be cast to bytea in the statement: Npgsql does not know the type bson.
/// </summary>
internal static class Statement
{
    public static NpgsqlParameter Text(string value) => new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };

    /// <summary>Sent from where it lies: the bytes are not copied on the way to PostgreSQL's socket buffer.</summary>
    public static NpgsqlParameter Bson(ReadOnlyMemory<byte> value) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter Bson(ReadOnlyMemory<byte>? value) =>
        value is { } bytes ? Bson(bytes) : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlCommand Create(Lease lease, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, lease.Connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>The one row that each of the functions returns.</summary>
    public static async Task<NpgsqlDataReader> RowAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var reader = await command.ExecuteReaderAsync(cancellationToken);
        try
        {
            return await reader.ReadAsync(cancellationToken) ? reader : throw new InvalidOperationException("DocumentDB returned no row");
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>A bytea column, copied into a reply's buffer and nowhere else.</summary>
    public static Reply Document(NpgsqlDataReader row, int column)
    {
        var reply = Reply.Rent((int)row.GetBytes(column, 0, null, 0, 0));
        var target = reply.Target;
        row.GetBytes(column, 0, target.Array, target.Offset, target.Count);
        return reply;
    }

    /// <summary>A result that stays with the gateway: continuations and index build requests, some hundred bytes. Empty for none.</summary>
    public static byte[] Bytes(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? [] : row.GetFieldValue<byte[]>(column);
}
