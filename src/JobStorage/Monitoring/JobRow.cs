using Hangfire.Common;
using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Jobs;

namespace Pipeline.JobStorage.Monitoring;

/// <summary>A job in a list of the dashboard. State, reason and data are given only where the job is still in the list's state.</summary>
internal sealed class JobRow
{
    private readonly Dictionary<string, string>? _data;

    private JobRow(MySqlDataReader reader, string wanted)
    {
        Id = JobId.Text(reader.GetInt64(0));
        if (!reader.IsDBNull(1))
        {
            Invocation = InvocationData.DeserializePayload(reader.GetString(1));
            Job = JobRecord.Load(Invocation, out var error);
            LoadException = error;
        }
        State = reader.IsDBNull(2) ? null : reader.GetString(2);
        InState = wanted.Equals(State, StringComparison.OrdinalIgnoreCase);
        if (!InState || reader.IsDBNull(4))
            return;
        Reason = reader.IsDBNull(3) ? null : reader.GetString(3);
        _data = StateText.Read(reader.GetString(4));
        Since = reader.GetDateTime(5);
    }

    public string Id { get; }

    public InvocationData? Invocation { get; }

    public Job? Job { get; }

    public JobLoadException? LoadException { get; }

    public string? State { get; }

    public bool InState { get; }

    public string? Reason { get; }

    public IDictionary<string, string>? Data => _data;

    /// <summary>When it came to the state, UTC.</summary>
    public DateTime? Since { get; }

    /// <param name="wanted">The state that the list is of.</param>
    public static Func<MySqlDataReader, JobRow> Reader(string wanted) => reader => new JobRow(reader, wanted);

    public string? Field(string name) => _data?.GetValueOrDefault(name);
}
