using Dapper;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.Tests.MySql;

[Trait("speed", "server")]
public sealed class RunStoreTests : IAsyncLifetime
{
    private static readonly DateTime Midnight = new(2026, 11, 22, 15, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Lapsed = TimeSpan.FromSeconds(-1);

    private Stores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await Stores.CreateAsync();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private Task<OpenedRun> OpenAsync(string owner, TimeSpan? lease = null) =>
        _stores.Runs.OpenAsync(new RunRequest("nightly", Midnight, owner, lease ?? TimeSpan.FromMinutes(1), "{}", "the timetable"), Cancelled);

    [Fact]
    public async Task A_trigger_that_fires_twice_runs_once()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 20).Select(node => OpenAsync($"node-{node}")));

        Assert.Single(opened, run => run.Lease is not null);
        Assert.All(opened.Where(run => run.Lease is null), run => Assert.Contains("is running", run.Refusal));
    }

    [Fact]
    public async Task An_opening_repeated_after_a_lost_connection_finds_itself()
    {
        var first = await OpenAsync("node-1");
        Assert.Equal(first.Lease, (await OpenAsync("node-1")).Lease);
    }

    [Fact]
    public async Task A_lapsed_run_is_taken_over_with_a_greater_token_and_its_writes_are_refused()
    {
        var zombie = Assert.NotNull((await OpenAsync("zombie", Lapsed)).Lease);
        var second = await OpenAsync("node-2");
        var heir = Assert.NotNull(second.Lease);

        Assert.Equal(2, second.Attempt);
        Assert.Equal(zombie.RunId, heir.RunId);
        Assert.True(heir.Token > zombie.Token);
        Assert.False(await _stores.Runs.HeartbeatAsync(zombie, TimeSpan.FromMinutes(1), "writing", 0.5, Cancelled));
        Assert.False(await _stores.Runs.FinishAsync(zombie, RunState.Succeeded, null, "{}", Cancelled));
        await _stores.Runs.LogAsync(zombie, "from the grave", Cancelled);
        await Assert.ThrowsAsync<LeaseLostException>(() => _stores.Generations.CreateAsync("global", zombie, null, Cancelled));
        Assert.True(await _stores.Runs.HeartbeatAsync(heir, TimeSpan.FromMinutes(1), "writing", 0.5, Cancelled));

        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Equal(0, await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM job_run_log"));
    }

    [Fact]
    public async Task A_run_for_a_time_that_is_finer_than_the_column_is_found_again()
    {
        var request = new RunRequest("by hand", Midnight.AddTicks(5_296_789), "dying", Lapsed, "{}", "somebody");
        var first = await _stores.Runs.OpenAsync(request, Cancelled);
        var second = await _stores.Runs.OpenAsync(request with { Owner = "heir" }, Cancelled);

        Assert.Equal((first.Lease!.Value.RunId, 2), (second.Lease!.Value.RunId, second.Attempt));
    }

    [Fact]
    public async Task A_run_that_ended_well_is_not_run_again()
    {
        var lease = Assert.NotNull((await OpenAsync("node-1")).Lease);
        Assert.True(await _stores.Runs.FinishAsync(lease, RunState.Succeeded, null, """{"lists": 3}""", Cancelled));

        Assert.Contains("is succeeded", (await OpenAsync("node-2")).Refusal);
    }

    [Fact]
    public async Task A_run_that_fails_every_time_is_given_up()
    {
        for (int attempt = 1; attempt <= RunStore.MostAttempts; attempt++)
        {
            var opened = await OpenAsync($"node-{attempt}");
            Assert.Equal(attempt, opened.Attempt);
            await _stores.Runs.FinishAsync(Assert.NotNull(opened.Lease), RunState.Failed, "no such title", "{}", Cancelled);
        }

        Assert.Contains("is failed after 3 attempt(s)", (await OpenAsync("node-4")).Refusal);
    }

    [Fact]
    public async Task The_log_is_bounded_in_length_and_keeps_its_beginning_and_its_end()
    {
        var lease = Assert.NotNull((await OpenAsync("node-1")).Lease);
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        await _stores.Runs.LogAsync(lease, new string('x', RunStore.LongestText + 1), Cancelled);
        Assert.Equal([RunStore.LongestText], await connection.QueryAsync<int>("SELECT CHAR_LENGTH(message) FROM job_run_log"));

        // As if 1,000,199 lines had been said.
        await connection.ExecuteAsync(
            """
            SET SESSION cte_max_recursion_depth = 3000;
            INSERT INTO job_run_log (run_id, attempt, logged_at, message)
            WITH RECURSIVE n AS (SELECT 2 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 2099) SELECT @RunId, 1, UTC_TIMESTAMP(3), CONCAT('line ', i) FROM n;
            UPDATE job_run SET log_lines = 1000199;
            """, new { lease.RunId });
        await _stores.Runs.LogAsync(lease, "the last", Cancelled);

        var kept = (await connection.QueryAsync<string>("SELECT message FROM job_run_log ORDER BY log_id")).ToList();
        Assert.Equal(RunStore.MostLogLines, kept.Count);
        Assert.Equal(["line 999", "line 1000", "line 1101"], kept[998..1001]);
        Assert.Equal("the last", kept[^1]);
        Assert.Equal(1_000_200, await connection.ExecuteScalarAsync<int>("SELECT log_lines FROM job_run"));
    }
}
