using System.Net;
using Hangfire;
using Hangfire.Storage;
using Pipeline.Jobs.Hosting;
using Pipeline.Storage.MySql.Alarms;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>What operators do with the timetable and with runs that did not end well.</summary>
[Trait("speed", "server")]
public sealed class JobOperationTests(SharedWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_job_s_times_are_written_down_as_skipped_with_who_paused_it()
    {
        const string job = "train-recommendations";
        using var releaser = await InsideAsync(OperatorRole.Releaser);
        using var paused = await releaser.PostAsync($"/jobs/{job}/pause", "/jobs", ("act", "pause"));
        Assert.Equal("/jobs", paused.Headers.Location?.ToString());
        Assert.Contains("Paused by the-releaser", await releaser.PageAsync("/jobs"));

        await world.Get<TimetableService>().ApplyAsync(Cancelled);
        world.Get<IRecurringJobManager>().Trigger(job);
        var skipped = await EventuallyAsync(() => FindAsync(job, "skipped", "paused by the-releaser"));
        Assert.Equal("the timetable", skipped.RequestedBy);
        Assert.Contains("paused by the-releaser", await releaser.PageAsync($"/runs/{skipped.RunId}"));

        using var resumed = await releaser.PostAsync($"/jobs/{job}/pause", "/jobs", ("act", "resume"));
        Assert.DoesNotContain("Paused by the-releaser", await releaser.PageAsync("/jobs"));
        var entries = await world.Get<AuditTrail>().SearchAsync("the-releaser", "schedule.", long.MaxValue, 10, Cancelled);
        Assert.Contains(entries, entry => entry.Event is { Action: AuditActions.SchedulePause, Subject: job });
        Assert.Contains(entries, entry => entry.Event is { Action: AuditActions.ScheduleResume, Subject: job } && entry.Event.Was!.StartsWith("paused by the-releaser", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_removed_on_Hangfire_s_page_is_put_back_and_not_by_a_scientist_s_hand()
    {
        await world.Get<TimetableService>().ApplyAsync(Cancelled);
        Assert.Empty(await world.Get<TimetableService>().RestoreAsync(Cancelled));
        using (var scientist = await InsideAsync(OperatorRole.Scientist))
        using (var refused = await scientist.PostAsync("/hangfire/recurring/remove", "/jobs", ("jobs[]", "train-recommendations")))
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("train-recommendations", Recurring());

        using var releaser = await InsideAsync(OperatorRole.Releaser);
        using var removed = await releaser.PostAsync("/hangfire/recurring/remove", "/jobs", ("jobs[]", "train-recommendations"));
        Assert.DoesNotContain("train-recommendations", Recurring());

        Assert.Equal(["train-recommendations"], await world.Get<TimetableService>().RestoreAsync(Cancelled));
        Assert.Contains("train-recommendations", Recurring());

        string[] Recurring()
        {
            using var connection = world.Get<Hangfire.JobStorage>().GetConnection();
            return [.. connection.GetRecurringJobs().Select(job => job.Id)];
        }
    }

    [Theory]
    [InlineData("promote-model", """{"model": 1}""", "/models/1/promote")]
    [InlineData("roll-back", """{"generation": 1}""", "/generations/1/roll-back")]
    [InlineData("erase-member", """{"erasure": 1}""", null)]
    public async Task What_asks_for_a_code_is_not_tried_again_without_one(string job, string parameters, string? anew)
    {
        var opened = await world.Get<RunStore>().OpenAsync(
            new RunRequest(job, null, Pipeline.Dashboard.SignIn.Tokens.New(), TimeSpan.FromMinutes(5), parameters, "the-releaser"), Cancelled);
        long run = opened.Lease!.Value.RunId;
        await world.Get<RunStore>().FinishAsync(opened.Lease.Value, RunState.Failed, "it rained", "{}", Cancelled);
        foreach (var role in (OperatorRole[])[OperatorRole.Scientist, OperatorRole.Admin])
        {
            using var inside = await InsideAsync(role);
            string page = await inside.PageAsync($"/runs/{run}");
            Assert.DoesNotContain($"/runs/{run}/retry", page);
            Assert.Contains($"{job} is not tried again without a code", page);
            Assert.Equal(anew is not null && role == OperatorRole.Admin, page.Contains($"<a class=\"button\" href=\"{anew}\">", StringComparison.Ordinal));

            using var byPage = await inside.PostAsync($"/runs/{run}/retry", "/jobs");
            inside.Headers["Authorization"] = $"Bearer {await world.TokenAsync(world.Operators[role], role)}";
            using var byProgram = await inside.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/runs/{run}/retry"));
            Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (byPage.StatusCode, byProgram.StatusCode));
            Assert.Contains("not tried again without a code", await byProgram.Content.ReadAsStringAsync(Cancelled));
        }
        Assert.DoesNotContain(await world.Get<AuditTrail>().SearchAsync(null, AuditActions.RunRetry, long.MaxValue, 100, Cancelled), entry => entry.Event.Subject == $"run {run}");
    }

    [Fact]
    public async Task The_timetable_is_previewed_changed_and_given_back()
    {
        const string path = "/jobs/popularity/schedule";
        using var releaser = await InsideAsync(OperatorRole.Releaser);

        using var preview = await releaser.PostAsync(path, path, ("act", "preview"), ("cron", "0 0 1 1 *"));
        string page = await preview.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains("-12-31T15:00:00.000Z", page);
        Assert.Contains("Times are of Asia/Seoul", WebUtility.HtmlDecode(page));

        foreach (var (field, value) in new[] { ("cron", "sometimes"), ("attempts", "99"), ("attempts", "x"), ("limit", "-1"), ("overlap", "dance") })
        {
            using var wrong = await releaser.PostAsync(path, path, ("act", "save"), (field, value));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            Assert.Contains("role=\"alert\"", await wrong.Content.ReadAsStringAsync(Cancelled));
        }

        using var saved = await releaser.PostAsync(path, path, ("act", "save"), ("cron", "7 * * * *"), ("attempts", "5"), ("pause", "30"), ("overlap", "queue"));
        Assert.Equal("/jobs", saved.Headers.Location?.ToString());
        string jobs = WebUtility.HtmlDecode(await releaser.PageAsync("/jobs"));
        Assert.Contains("<code>7 * * * *</code>", jobs);
        Assert.Contains("5 attempts in all; the first pause is 30 s", jobs);
        Assert.Contains("the next one waits", jobs);
        using (var connection = world.Get<Hangfire.JobStorage>().GetConnection())
            Assert.Equal("7 * * * *", connection.GetRecurringJobs().Single(job => job.Id == "popularity").Cron);

        using var back = await releaser.PostAsync(path, path, ("act", "save"));
        Assert.Equal("/jobs", back.Headers.Location?.ToString());
        var held = (await world.Get<ScheduleStore>().ListAsync(Cancelled)).Single(schedule => schedule.Job == "popularity");
        Assert.Equal(new ScheduleChange(null, null, null, null, null), held.Change);
        var entry = (await world.Get<AuditTrail>().SearchAsync("the-releaser", AuditActions.ScheduleChange, long.MaxValue, 1, Cancelled)).Single();
        Assert.StartsWith("cron 7 * * * *, attempts 5, pause 30 s", entry.Event.Was);
    }

    [Fact]
    public async Task A_failed_run_is_tried_again_as_it_was_and_its_history_says_by_whom()
    {
        var opened = await world.Get<RunStore>().OpenAsync(
            new RunRequest("popularity", null, Pipeline.Dashboard.SignIn.Tokens.New(), TimeSpan.FromMinutes(5), """{"titles": 11, "as-of": null, "gone": 1}""", "test"), Cancelled);
        long run = opened.Lease!.Value.RunId;
        await world.Get<RunStore>().FinishAsync(opened.Lease.Value, RunState.Failed, "it rained", "{}", Cancelled);
        await world.Get<AlarmStore>().LookAtRunsAsync(false, Cancelled);
        using var scientist = await InsideAsync(OperatorRole.Scientist);
        Assert.Contains("it rained", await scientist.PageAsync("/"));

        using var retried = await scientist.PostAsync($"/runs/{run}/retry", $"/runs/{run}");
        Assert.Equal($"/runs/{run}", retried.Headers.Location?.ToString());

        var ended = await EventuallyAsync(async () => await world.Get<RunHistory>().FindAsync(run, Cancelled) is { Attempt: 2, State: not "running" } found ? found : null);
        Assert.Equal(("skipped", "the-scientist"), (ended.State, ended.RequestedBy));
        Assert.Contains("\"titles\": 11", ended.Parameters);
        var events = await world.Get<RunHistory>().EventsAsync(run, long.MaxValue, 10, Cancelled);
        Assert.Equal([(1, "running"), (1, "failed"), (2, "running"), (2, "skipped")], events.Select(turn => (turn.Attempt, turn.State)));
        Assert.Contains("for the-scientist", WebUtility.HtmlDecode(await scientist.PageAsync($"/runs/{run}")));
        using var again = await scientist.PostAsync($"/runs/{run}/retry", "/jobs");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Theory]
    [InlineData("train-recommendations", """{"top-k": 1, "publish": "yes"}""", "\"publish\": \"no\"")]
    [InlineData("popularity", """{"titles": 1, "publish": "yes"}""", "\"publish\": \"no\"")]
    public async Task What_is_tried_again_leaves_readers_what_they_have_whoever_asked_before(string job, string parameters, string quiet)
    {
        var opened = await world.Get<RunStore>().OpenAsync(
            new RunRequest(job, null, Pipeline.Dashboard.SignIn.Tokens.New(), TimeSpan.FromMinutes(5), parameters, "the timetable"), Cancelled);
        long run = opened.Lease!.Value.RunId;
        await world.Get<RunStore>().FinishAsync(opened.Lease.Value, RunState.Failed, "it rained", "{}", Cancelled);
        using var scientist = world.Visitor();
        scientist.Cookies[Visitor.SessionCookie] = await world.SessionAsync(await world.OperatorAsync($"again-{job}", OperatorRole.Scientist));

        using var retried = await scientist.PostAsync($"/runs/{run}/retry", $"/runs/{run}");
        Assert.Equal($"/runs/{run}", retried.Headers.Location?.ToString());

        var ended = await EventuallyAsync(async () => await world.Get<RunHistory>().FindAsync(run, Cancelled) is { Attempt: 2, State: not "running" } found ? found : null);
        Assert.Contains(quiet, ended.Parameters);
        Assert.Contains(job == "popularity" ? "\"titles\": 1" : "\"top-k\": 1", ended.Parameters);
    }

    [Fact]
    public async Task A_backfill_says_what_it_would_do_and_does_it_hour_by_hour()
    {
        const string path = "/jobs/popularity/backfill";
        using var scientist = await InsideAsync(OperatorRole.Scientist);

        using var look = await scientist.PostAsync(path, path, ("from", "2026-01-01T09:30"), ("to", "2026-01-01T12:00"), ("act", "look"));
        string page = await look.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains("Times are of Asia/Seoul", WebUtility.HtmlDecode(page));
        Assert.Contains("2 hours, 0 of them computed before.", page);
        Assert.Contains("value=\"2026-01-01T09:30\"", page);
        Assert.Contains("2026-01-01T01:00:00.000Z", page);
        Assert.Null(await FindAsync("popularity-backfill", null, null));

        using var much = await scientist.PostAsync(path, path, ("from", "2025-01-01T00:00"), ("to", "2026-01-01T00:00"), ("act", "run"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, much.StatusCode);

        using var run = await scientist.PostAsync(path, path, ("from", "2026-01-01T09:30"), ("to", "2026-01-01T12:00"), ("act", "run"));
        Assert.Equal("/runs", run.Headers.Location?.ToString());
        var ended = await EventuallyAsync(async () => await FindAsync("popularity-backfill", "succeeded", null));
        Assert.Contains("\"hours\": 2", ended.Metrics);
        Assert.Equal(2, (await world.Get<RunHistory>().SearchAsync(new RunFilter("popularity-hour", null, $"run {ended.RunId}"), long.MaxValue, 10, Cancelled)).Count);
        // None that the timetable would wait for, or that would pass for its own: alarms, skipped times and durations go by the job.
        Assert.Null(await FindAsync("popularity", null, $"run {ended.RunId}"));
    }

    private async Task<RunRecord?> FindAsync(string job, string? state, string? text) =>
        (await world.Get<RunHistory>().SearchAsync(new RunFilter(job, state, text), long.MaxValue, 1, Cancelled)).SingleOrDefault();

    private static async Task<T> EventuallyAsync<T>(Func<Task<T?>> look) where T : class
    {
        for (int attempt = 0; attempt < 240; attempt++)
        {
            if (await look() is { } found)
                return found;
            await Task.Delay(250, Cancelled);
        }
        throw new TimeoutException("it did not happen within a minute");
    }

    private async Task<Visitor> InsideAsync(OperatorRole role)
    {
        var visitor = world.Visitor();
        visitor.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[role]);
        return visitor;
    }
}
