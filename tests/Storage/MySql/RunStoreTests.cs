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
    public async Task The_log_is_bounded_in_lines_and_in_length()
    {
        var lease = Assert.NotNull((await OpenAsync("node-1")).Lease);
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync("UPDATE job_run SET log_lines = @before", new { before = RunStore.MostLogLines - 1 });

        await _stores.Runs.LogAsync(lease, new string('x', RunStore.LongestText + 1), Cancelled);
        await _stores.Runs.LogAsync(lease, "one too many", Cancelled);

        Assert.Equal([RunStore.LongestText], await connection.QueryAsync<int>("SELECT CHAR_LENGTH(message) FROM job_run_log"));
    }
}
