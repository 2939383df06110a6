using Dapper;
using Hangfire;
using Hangfire.States;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Jobs.Hosting;
using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Schedules;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Tests.Hosting;

/// <summary>What becomes of a time of the timetable whose run fails, or finds another one going on.</summary>
[Trait("speed", "server")]
public sealed class ScheduledRunsTests : IAsyncLifetime
{
    private const string Job = PopularityJob.JobName;

    private static readonly DateTime Hour = new(2026, 11, 22, 10, 10, 0, DateTimeKind.Utc);

    private readonly Queue _queue = new();
    private JobStores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await JobStores.CreateAsync();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task A_failed_run_is_tried_again_after_doubling_pauses_and_not_for_ever()
    {
        await PlanAsync("attempts = 4, pause_seconds = 30");
        var runs = Runs(new Failing());
        for (int attempt = 1; attempt <= 4; attempt++)
            await Assert.ThrowsAsync<JobFailedException>(() => runs.AttemptAsync(Job, Hour, Cancelled));

        Assert.Equal([30, 60, 120], _queue.Waits.Select(wait => Math.Round(wait.TotalSeconds)));
        // Nobody tries it a fifth time, whoever calls.
        await runs.AttemptAsync(Job, Hour, Cancelled);
        Assert.Equal(3, _queue.Waits.Count);
        Assert.Equal((4, "failed"), await RunAsync());
    }

    [Fact]
    public async Task What_somebody_asked_for_and_failed_is_tried_again_by_their_wish_alone()
    {
        var runs = Runs(new Failing());
        await Assert.ThrowsAsync<JobFailedException>(() => runs.RunNowAsync(Job, [], Hour, "ada", again: false, Cancelled));
        // As when it is put back into the queue on Hangfire's page.
        await runs.RunNowAsync(Job, [], Hour, "ada", again: false, Cancelled);
        Assert.Equal((1, "failed"), await RunAsync());

        await Assert.ThrowsAsync<JobFailedException>(() => runs.RunNowAsync(Job, [], Hour, "ada", again: true, Cancelled));
        Assert.Equal((2, "failed"), await RunAsync());

        // What its worker's end has cut short goes on without anybody's wish.
        await ExecuteAsync("UPDATE job_run SET state = 'lost'");
        await Assert.ThrowsAsync<JobFailedException>(() => runs.RunNowAsync(Job, [], Hour, "ada", again: false, Cancelled));
        Assert.Equal((3, "failed"), await RunAsync());
    }

    [Fact]
    public async Task What_asks_for_a_code_is_not_tried_again_by_any_call()
    {
        var runs = Runs(new Failing("roll-back"));
        await Assert.ThrowsAsync<JobFailedException>(() => runs.RunNowAsync("roll-back", ["generation=1"], Hour, "ada", again: false, Cancelled));
        foreach (bool again in (bool[])[false, true])
            await runs.RunNowAsync("roll-back", ["generation=1"], Hour, "ada", again, Cancelled);

        Assert.Equal((1, "failed"), await RunAsync());
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("queue")]
    public async Task A_time_that_finds_a_run_going_on_is_skipped_with_that_reason_or_waits(string overlap)
    {
        await PlanAsync($"overlap = '{overlap}'");
        var going = await _stores.Runs.OpenAsync(new RunRequest(Job, Hour.AddHours(-1), "another", TimeSpan.FromMinutes(5), "{}", "a test"), Cancelled);

        await Runs(new Failing()).AttemptAsync(Job, Hour, Cancelled);

        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        string? reason = await connection.ExecuteScalarAsync<string?>("SELECT reason FROM job_run WHERE scheduled_at = @Hour AND state = 'skipped'", new { Hour });
        Assert.Equal(overlap == "skip" ? $"run {going.Lease!.Value.RunId} was still going on" : null, reason);
        Assert.Equal(overlap == "skip" ? 0 : 1, _queue.Waits.Count);
    }

    private async Task PlanAsync(string change)
    {
        await new ScheduleStore(_stores.Database).EnsureAsync(Job, Cancelled);
        await ExecuteAsync($"UPDATE job_schedule SET {change} WHERE job = '{Job}'");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync(sql);
    }

    private async Task<(int Attempt, string State)> RunAsync()
    {
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        return await connection.QuerySingleAsync<(int, string)>("SELECT attempt, state FROM job_run");
    }

    private ScheduledRuns Runs(IJob job) => new(
        _stores.Ledger(), _stores.Runs, new JobCatalogue([job]), new JobPlans(new ScheduleStore(_stores.Database)), _queue, NullLogger<ScheduledRuns>.Instance);

    private sealed class Failing(string name = Job) : IJob
    {
        public string Name => name;

        public Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken) => throw new InvalidOperationException("it rains");
    }

    /// <summary>Remembers for how long what is put into it waits.</summary>
    private sealed class Queue : IBackgroundJobClient
    {
        public List<TimeSpan> Waits { get; } = [];

        public string Create(Hangfire.Common.Job job, IState state)
        {
            var waiting = Assert.IsType<ScheduledState>(state);
            Waits.Add(waiting.EnqueueAt - waiting.ScheduledAt);
            return "1";
        }

        public bool ChangeState(string jobId, IState state, string expectedState) => throw new NotSupportedException();
    }
}
