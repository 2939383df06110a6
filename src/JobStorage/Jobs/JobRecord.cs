using Hangfire.Common;
using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Jobs;

/// <summary>A job's row with its parameters.</summary>
internal sealed record JobRecord(string Invocation, DateTime CreatedAt, DateTime? ExpireAt, string? State, Dictionary<string, string?> Parameters)
{
    public static JobRecord? Find(Database database, long id)
    {
        var rows = database.Query("Jobs/data.sql", Read, new Value("id", id));
        if (rows.Count == 0)
            return null;
        // One row per parameter, or one for a job without any.
        var parameters = rows.Where(row => row.Name is not null).ToDictionary(row => row.Name!, row => row.Value, StringComparer.Ordinal);
        return rows[0].Job with { Parameters = parameters };
    }

    public JobData Data()
    {
        var invocation = InvocationData.DeserializePayload(Invocation);
        var job = Load(invocation, out var error);
        return new JobData
        {
            Job = job, LoadException = error, InvocationData = invocation, CreatedAt = CreatedAt, State = State, ParametersSnapshot = Parameters,
        };
    }

    /// <summary>The method to call, or why it cannot be found: the code may have moved on since the job was made.</summary>
    public static Job? Load(InvocationData invocation, out JobLoadException? error)
    {
        try
        {
            error = null;
            return invocation.DeserializeJob();
        }
        catch (JobLoadException unknown)
        {
            error = unknown;
            return null;
        }
    }

    private static (JobRecord Job, string? Name, string? Value) Read(MySqlDataReader reader) =>
        (new JobRecord(
            reader.GetString(0), reader.GetDateTime(1), reader.IsDBNull(2) ? null : reader.GetDateTime(2), reader.IsDBNull(3) ? null : reader.GetString(3), []),
         reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetString(5));
}
