using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Pipeline.JobStorage;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>A world with ten thousand of Hangfire's jobs.</summary>
public sealed class CrowdedWorld : DashboardWorld
{
    /// <summary>How many jobs of each state; ten thousand together.</summary>
    internal static readonly (string State, string Page, int Jobs)[] States =
    [
        (SucceededState.StateName, "succeeded", 5_000), (FailedState.StateName, "failed", 3_000), (DeletedState.StateName, "deleted", 1_000),
        (ScheduledState.StateName, "scheduled", 400), (ProcessingState.StateName, "processing", 250), (AwaitingState.StateName, "awaiting", 50),
        (EnqueuedState.StateName, "enqueued/crowded", 300),
    ];

    /// <summary>Beyond the ids that the world's own jobs get.</summary>
    internal const int First = 1_000_001;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await FillAsync();
    }

    /// <summary>By statements: ten thousand jobs one by one would take their time.</summary>
    private async Task FillAsync()
    {
        string invocation = InvocationData.SerializeJob(Job.FromExpression(() => Console.WriteLine("x"))).SerializePayload();
        var data = new Dictionary<string, string>
        {
            [SucceededState.StateName] = """{"SucceededAt":"2026-01-01T00:00:00Z","PerformanceDuration":"10","Latency":"20","Result":"1"}""",
            [FailedState.StateName] = """{"FailedAt":"2026-01-01T00:00:00Z","ExceptionType":"System.Exception","ExceptionMessage":"no","ExceptionDetails":"System.Exception: no"}""",
            [DeletedState.StateName] = """{"DeletedAt":"2026-01-01T00:00:00Z"}""",
            [ScheduledState.StateName] = """{"EnqueueAt":"2036-01-01T00:00:00Z","ScheduledAt":"2026-01-01T00:00:00Z"}""",
            [ProcessingState.StateName] = """{"ServerId":"host:1:0f5b2c4e-0000-4000-8000-000000000000","WorkerId":"7c1d9a3e-0000-4000-8000-000000000000","StartedAt":"2026-01-01T00:00:00Z"}""",
            [AwaitingState.StateName] = """{"ParentId":"1000001","NextState":"{\"$type\":\"Hangfire.States.EnqueuedState, Hangfire.Core\"}","Options":"OnlyOnSucceededState"}""",
            [EnqueuedState.StateName] = """{"EnqueuedAt":"2026-01-01T00:00:00Z","Queue":"crowded"}""",
        };
        // The tables are there once the storage has been used.
        Get<MySqlJobStorage>().Migrate();
        int first = First;
        foreach (var (state, _, jobs) in States)
        {
            string numbers = $"WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first + jobs - 1})";
            await ExecuteAsync(
                $"""
                SET SESSION cte_max_recursion_depth = 10000;
                INSERT INTO hangfire_job_state (id, job_id, name, reason, created_at, data) {numbers} SELECT i, i, @state, 'because', UTC_TIMESTAMP(6), @data FROM n;
                INSERT INTO hangfire_job (id, invocation_data, created_at, state_id, state_name) {numbers} SELECT i, @invocation, UTC_TIMESTAMP(6), i, @state FROM n;
                INSERT INTO hangfire_job_parameter (job_id, name, value) {numbers} SELECT i, 'CurrentCulture', '"ko-KR"' FROM n;
                """, new { state, data = data[state], invocation });
            if (state == EnqueuedState.StateName)
                await ExecuteAsync($"INSERT INTO hangfire_queue_entry (queue, job_id, available_at) {numbers} SELECT 'crowded', i, UTC_TIMESTAMP(6) FROM n");
            first += jobs;
        }
    }
}
