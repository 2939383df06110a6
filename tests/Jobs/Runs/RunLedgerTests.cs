using System.Text.Json;
using Dapper;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Tests.Runs;

[Trait("speed", "server")]
public sealed class RunLedgerTests : IAsyncLifetime
{
    private static readonly DateTime Hour = new(2026, 11, 22, 10, 10, 0, DateTimeKind.Utc);
    private static readonly ParameterValues NoParameters = ParameterValues.Read("work", [], []);

    private JobStores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await JobStores.CreateAsync();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private sealed class Work(Func<JobRun, CancellationToken, Task<JobOutcome>> work) : IJob
    {
        public string Name => "work";

        public Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken) => work(run, cancellationToken);
    }

    private Task<RunReport> RunAsync(
        Func<JobRun, CancellationToken, Task<JobOutcome>> work, DateTime? scheduledAt = null, TimeSpan? lease = null, CancellationToken? cancellationToken = null) =>
        _stores.Ledger(lease).RunAsync(new Work(work), NoParameters, new RunOrder(scheduledAt, "somebody", _ => { }), cancellationToken ?? Cancelled);

    private async Task<(string State, string? Reason, string Metrics, string RequestedBy)> RowAsync()
    {
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        return await connection.QuerySingleAsync<(string, string?, string, string)>("SELECT state, reason, metrics, requested_by FROM job_run");
    }

    [Fact]
    public async Task A_run_keeps_its_metrics_its_log_and_who_asked_for_it()
    {
        var report = await RunAsync(async (run, cancellationToken) =>
        {
            await run.StepAsync("counting", cancellationToken);
            await run.LogAsync("three of them", cancellationToken);
            run.Metric("events", 3);
            run.Metric("not a number", double.NaN);
            return JobOutcome.Done;
        });

        Assert.Equal(RunEnd.Succeeded, report.End);
        var (state, reason, metrics, requestedBy) = await RowAsync();
        Assert.Equal(("succeeded", null, "somebody"), (state, reason, requestedBy));
        Assert.Equal(new Dictionary<string, double> { ["events"] = 3 }, JsonSerializer.Deserialize<Dictionary<string, double>>(metrics));
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Equal(["three of them"], await connection.QueryAsync<string>("SELECT message FROM job_run_log"));
    }

    [Fact]
    public async Task A_run_that_takes_longer_than_its_limit_is_stopped_and_failed()
    {
        var report = await _stores.Ledger().RunAsync(
            new Work(async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return JobOutcome.Done;
            }),
            NoParameters, new RunOrder(Hour, "somebody", _ => { }) { Limit = TimeSpan.FromMilliseconds(200) }, Cancelled);

        Assert.Equal((RunEnd.Failed, "stopped: it took longer than its limit of 00:00:00.2000000"), (report.End, report.Reason));
        Assert.Equal("failed", (await RowAsync()).State);
    }

    [Fact]
    public async Task What_wants_to_be_alone_waits_for_another_run_of_the_job_and_says_which()
    {
        var (begun, go) = (new TaskCompletionSource<long>(), new TaskCompletionSource());
        var first = RunAsync(async (run, _) =>
        {
            begun.SetResult(run.Lease.RunId);
            await go.Task;
            return JobOutcome.Done;
        });
        long running = await begun.Task;
        var order = new RunOrder(Hour, "somebody", _ => { }) { Alone = true };
        Task<RunReport> SecondAsync() => _stores.Ledger().RunAsync(new Work((_, _) => Task.FromResult(JobOutcome.Done)), NoParameters, order, Cancelled);

        var refused = await SecondAsync();
        Assert.Equal((RunEnd.Refused, (long?)running), (refused.End, refused.Blocker));
        go.SetResult();
        await first;
        Assert.Equal(RunEnd.Succeeded, (await SecondAsync()).End);
    }

    [Fact]
    public async Task What_became_of_a_run_is_kept_in_its_order()
    {
        await RunAsync((_, _) => throw new InvalidOperationException("no such title"), Hour);
        await RunAsync((_, _) => Task.FromResult(JobOutcome.Skipped("nothing to do")), Hour);

        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        var events = (await connection.QueryAsync<(int, string, string)>("SELECT attempt, state, reason FROM job_run_event ORDER BY event_id")).ToList();
        Assert.Equal([(1, "running"), (1, "failed"), (2, "running"), (2, "skipped")], events.Select(turn => (turn.Item1, turn.Item2)));
        Assert.EndsWith("for somebody", events[0].Item3);
        Assert.Equal(("InvalidOperationException: no such title", "nothing to do"), (events[1].Item3, events[3].Item3));
    }

    [Fact]
    public async Task A_time_that_is_let_pass_is_one_skipped_run_and_never_replaces_another()
    {
        long? skipped = await _stores.Runs.SkipAsync("work", Hour, "paused by ada", "the timetable", Cancelled);
        Assert.NotNull(skipped);
        Assert.Null(await _stores.Runs.SkipAsync("work", Hour, "again", "the timetable", Cancelled));
        Assert.Equal(("skipped", "paused by ada"), ((await RowAsync()).State, (await RowAsync()).Reason));
        Assert.Equal(RunEnd.Refused, (await RunAsync((_, _) => Task.FromResult(JobOutcome.Done), Hour)).End);
    }

    [Fact]
    public async Task Old_runs_go_with_all_that_is_theirs_and_the_others_stay()
    {
        await RunAsync(async (run, cancellationToken) =>
        {
            await run.LogAsync("long ago", cancellationToken);
            return JobOutcome.Done;
        });
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync("UPDATE job_run SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 100 DAY");
        await RunAsync((_, _) => Task.FromResult(JobOutcome.Done), Hour);
        var retention = new RunRetention(_stores.Database);

        Assert.Equal(0, await retention.PruneAsync(101, Cancelled));
        Assert.Equal(1, await retention.PruneAsync(99, Cancelled));

        Assert.Equal([1, 2, 0], (await connection.QueryAsync<int>(
            "SELECT COUNT(*) FROM job_run UNION ALL SELECT COUNT(*) FROM job_run_event UNION ALL SELECT COUNT(*) FROM job_run_log")));
    }

    [Fact]
    public async Task Old_runs_go_in_passes_of_a_bounded_number_of_rows()
    {
        const int Runs = RunRetention.RunsPerPass + 20, Lines = (2 * RunRetention.RowsPerPass) + 500;
        await RunAsync((_, _) => Task.FromResult(JobOutcome.Done));
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        // In a trigger NOW is when the statement began, so a moment stands for a pass.
        await connection.ExecuteAsync($"""
            SET SESSION cte_max_recursion_depth = {Lines};
            UPDATE job_run SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 100 DAY;
            INSERT INTO job_run_log (run_id, attempt, logged_at, message)
              WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Lines}) SELECT run_id, 1, UTC_TIMESTAMP(3), 'long ago' FROM n JOIN job_run;
            INSERT INTO job_run (job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by)
              WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Runs - 1})
              SELECT job, scheduled_at + INTERVAL i HOUR, attempt, state, fencing_token + i, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by
                FROM n JOIN job_run;
            CREATE TABLE pass (at DATETIME(6) NOT NULL, of_what VARCHAR(16) NOT NULL);
            CREATE TRIGGER log_gone AFTER DELETE ON job_run_log FOR EACH ROW INSERT INTO pass VALUES (NOW(6), 'lines');
            CREATE TRIGGER run_gone AFTER DELETE ON job_run FOR EACH ROW INSERT INTO pass VALUES (NOW(6), 'runs');
            """);

        Assert.Equal(Runs, await new RunRetention(_stores.Database).PruneAsync(99, Cancelled));

        var passes = await connection.QueryAsync<(string, long)>("SELECT of_what, COUNT(*) FROM pass GROUP BY of_what, at ORDER BY of_what, at");
        Assert.Equal([("lines", RunRetention.RowsPerPass), ("lines", RunRetention.RowsPerPass), ("lines", 500), ("runs", RunRetention.RunsPerPass), ("runs", 20)], passes);
    }

    [Fact]
    public async Task A_doubled_trigger_runs_the_job_once()
    {
        int runs = 0;
        var reports = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RunAsync(async (_, cancellationToken) =>
        {
            Interlocked.Increment(ref runs);
            await Task.Delay(100, cancellationToken);
            return JobOutcome.Done;
        }, Hour)));

        Assert.Equal(1, runs);
        Assert.Single(reports, report => report.End == RunEnd.Succeeded);
        Assert.Equal(7, reports.Count(report => report.End == RunEnd.Refused));
    }

    [Fact]
    public async Task A_skip_a_failure_and_a_cancellation_are_recorded_with_their_reason()
    {
        Assert.Equal(RunEnd.Skipped, (await RunAsync((_, _) => Task.FromResult(JobOutcome.Skipped("nothing new")), Hour)).End);
        Assert.Equal(("skipped", "nothing new"), ((await RowAsync()).State, (await RowAsync()).Reason));

        await ClearAsync();
        Assert.Equal(RunEnd.Failed, (await RunAsync((_, _) => throw new FormatException("line 7\nand a long trace"), Hour)).End);
        Assert.Equal(("failed", "FormatException: line 7"), ((await RowAsync()).State, (await RowAsync()).Reason));

        await ClearAsync();
        using var stop = new CancellationTokenSource();
        var report = await RunAsync(async (_, cancellationToken) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return JobOutcome.Done;
        }, Hour, cancellationToken: stop.Token);
        Assert.Equal(RunEnd.Cancelled, report.End);
        Assert.Equal("cancelled", (await RowAsync()).State);

        async Task ClearAsync()
        {
            await using var connection = await _stores.Database.OpenAsync(Cancelled);
            await connection.ExecuteAsync("DELETE FROM job_run");
        }
    }

    [Fact]
    public async Task Losing_the_lease_cancels_the_work_and_leaves_the_row_to_its_heir()
    {
        var report = await RunAsync(async (run, cancellationToken) =>
        {
            await using var connection = await _stores.Database.OpenAsync(cancellationToken);
            await connection.ExecuteAsync("UPDATE job_run SET fencing_token = fencing_token + 1");
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return JobOutcome.Done;
        }, lease: TimeSpan.FromMilliseconds(300));

        Assert.Equal(RunEnd.Lost, report.End);
        Assert.Equal("running", (await RowAsync()).State);
    }

    [Fact]
    public async Task Heartbeats_keep_a_run_that_takes_longer_than_its_lease()
    {
        var report = await RunAsync(async (_, cancellationToken) =>
        {
            // Each of these would find a lapsed run.
            for (int i = 0; i < 9; i++)
            {
                await Task.Delay(600, cancellationToken);
                Assert.Equal(RunEnd.Refused, (await RunAsync((_, _) => Task.FromResult(JobOutcome.Done), Hour)).End);
            }
            return JobOutcome.Done;
        }, Hour, TimeSpan.FromSeconds(5));

        Assert.Equal(RunEnd.Succeeded, report.End);
    }

    [Fact]
    public async Task A_job_that_does_not_notice_that_it_lost_its_run_is_reported_lost()
    {
        var report = await RunAsync(async (_, cancellationToken) =>
        {
            await using var connection = await _stores.Database.OpenAsync(cancellationToken);
            await connection.ExecuteAsync("UPDATE job_run SET fencing_token = fencing_token + 1");
            return JobOutcome.Done;
        });

        Assert.Equal(RunEnd.Lost, report.End);
    }
}
