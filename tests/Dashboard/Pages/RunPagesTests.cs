using System.Net;
using Pipeline.Dashboard.Live;
using Pipeline.Dashboard.Tests.Watching;
using Pipeline.Dashboard.Watching;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>Watching, starting and stopping runs.</summary>
[Trait("speed", "server")]
public sealed class RunPagesTests(SharedWorld world)
{
    private static readonly string[] Hostile =
        ["<script>alert(1)</script>", "\" onmouseover=\"alert(1)", "\u202Egnp.exe\u0000\u001b[31m", "</table></main>", new string('가', 1_900), "{{constructor}}"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static ParameterValues NoParameters => JobCatalogue.Read("popularity", []);

    [Fact]
    public async Task Every_page_says_something_before_anything_happened()
    {
        await using var ingest = await IngestWatchTests.WorkerAsync(() => "ingest_paused 0\n");
        await using var own = new OwnWorld { IngestWorkers = [new Uri(ingest.Urls.Single())] };
        await own.InitializeAsync();
        await own.Get<IngestWatch>().LookAsync(Cancelled);
        var viewer = await own.OperatorAsync("ada", OperatorRole.Viewer);
        using var inside = await own.InsideAsync(viewer);

        Assert.Contains("Nothing is published yet", await inside.PageAsync("/"));
        Assert.Contains("Nothing fits", await inside.PageAsync("/runs"));
        Assert.Contains("No run yet", await inside.PageAsync("/jobs"));
        Assert.Contains("No model was trained yet", await inside.PageAsync("/models"));
        Assert.Contains("No generation was made yet", await inside.PageAsync("/generations"));
        Assert.Contains("No partition is known yet", await inside.PageAsync("/ingest"));
        string health = await inside.PageAsync("/servers");
        Assert.Contains("schema ", health);
        Assert.Contains("PIPELINE_KAFKA is not set", health);
    }

    [Fact]
    public async Task An_ingest_worker_that_does_not_answer_is_named_where_its_figures_would_stand()
    {
        await using var own = new OwnWorld { IngestWorkers = [new Uri("http://127.0.0.1:1")] };
        await own.InitializeAsync();
        await own.Get<IngestWatch>().LookAsync(Cancelled);
        using var inside = await own.InsideAsync(await own.OperatorAsync("ada", OperatorRole.Viewer));

        foreach (string path in (string[])["/", "/ingest"])
        {
            string page = await inside.PageAsync(path);
            Assert.Contains("The ingest worker at 127.0.0.1:1 does not answer", page);
            Assert.Contains("No ingest worker has answered yet", page);
        }
    }

    [Fact]
    public async Task Hostile_text_from_elsewhere_is_shown_harmlessly()
    {
        var opened = await OpenAsync(Hostile[0], string.Join(' ', Hostile)[..120]);
        var store = world.Get<RunStore>();
        await store.HeartbeatAsync(opened.Lease!.Value, TimeSpan.FromMinutes(5), Hostile[3], 0.5, Cancelled);
        foreach (string line in Hostile)
            await store.LogAsync(opened.Lease!.Value, line, Cancelled);
        await store.FinishAsync(opened.Lease!.Value, RunState.Failed, string.Join(' ', Hostile)[..300], """{"<b>x</b>": 1, "y": "</td>"}""", Cancelled);
        using var viewer = await ViewerAsync();

        foreach (string path in (string[])[$"/runs/{opened.Lease!.Value.RunId}", "/runs?text=alert", "/runs?text=%3Cscript%3Ealert(1)&job=%22%3E%3Cscript%3E"])
        {
            string page = await viewer.PageAsync(path);
            Assert.DoesNotContain("<script>alert", page);
            Assert.DoesNotContain("\" onmouseover=\"", page);
            Assert.DoesNotContain("\u202E", page);
            Assert.DoesNotContain("&#x202E;", page);
            Assert.DoesNotContain('\0', page);
            Assert.Equal(1, page.Split("</main>").Length - 1);
        }
        Assert.Contains("U+202E", WebUtility.HtmlDecode(await viewer.PageAsync($"/runs/{opened.Lease!.Value.RunId}")));
    }

    [Fact]
    public async Task A_long_log_is_read_page_by_page()
    {
        var opened = await OpenAsync("long-log", "test");
        long run = opened.Lease!.Value.RunId;
        await world.ExecuteAsync(
            """
            SET SESSION cte_max_recursion_depth = 2000;
            INSERT INTO job_run_log (run_id, attempt, logged_at, message)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 450) SELECT @run, 1, UTC_TIMESTAMP(3), CONCAT('line ', i, ' of many') FROM n
            """, new { run });
        using var viewer = await ViewerAsync();
        string path = $"/runs/{run}";
        var pages = new List<string>();
        while (path.Length > 0 && pages.Count < 10)
        {
            pages.Add(await viewer.PageAsync(path));
            var next = System.Text.RegularExpressions.Regex.Match(pages[^1], "rel=\"next\" href=\"([^\"#]+)");
            path = next.Groups[1].Value;
        }

        Assert.Equal(3, pages.Count);
        Assert.Contains("line 450 of many", pages[0]);
        Assert.Contains("line 1 of many", pages[^1]);
    }

    [Fact]
    public async Task Runs_are_found_by_job_state_and_words()
    {
        var opened = await OpenAsync("found-job", "somebody-special");
        await world.Get<RunStore>().FinishAsync(opened.Lease!.Value, RunState.Skipped, "nothing worth doing", "{}", Cancelled);
        using var viewer = await ViewerAsync();
        string link = $"href=\"/runs/{opened.Lease!.Value.RunId}\"";

        Assert.Contains(link, await viewer.PageAsync("/runs?job=found-job"));
        Assert.Contains(link, await viewer.PageAsync("/runs?state=skipped&text=worth%20doing"));
        Assert.Contains(link, await viewer.PageAsync("/runs?text=somebody-special"));
        Assert.DoesNotContain(link, await viewer.PageAsync("/runs?state=failed&job=found-job"));
        Assert.DoesNotContain(link, await viewer.PageAsync($"/runs?before={opened.Lease!.Value.RunId}"));
    }

    [Fact]
    public async Task A_run_whose_process_died_is_lost_with_its_last_heartbeat()
    {
        var opened = await OpenAsync("dead-job", "test");
        await world.ExecuteAsync("UPDATE job_run SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, heartbeat_at = '2026-01-02 03:04:05' WHERE run_id = @RunId", new { opened.Lease!.Value.RunId });
        using var viewer = await ViewerAsync();
        string page = await viewer.PageAsync($"/runs/{opened.Lease!.Value.RunId}");

        Assert.Contains("<span class=\"state lost\">", page);
        Assert.Contains("2026-01-02 03:04:05", page);
        Assert.Contains($"/runs/{opened.Lease!.Value.RunId}\"", await viewer.PageAsync("/runs?state=lost&job=dead-job"));
    }

    [Fact]
    public async Task Who_cancels_a_run_stops_it_and_stands_in_its_end_and_in_the_audit()
    {
        var job = new WaitingJob();
        var running = world.Get<RunLedger>().RunAsync(job, NoParameters, new RunOrder(null, "test", _ => { }), Cancelled);
        long run = await job.Started.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        using var scientist = await InsideAsync(OperatorRole.Scientist);

        using var cancelled = await scientist.PostAsync($"/runs/{run}/cancel", $"/runs/{run}/cancel");
        Assert.Equal($"/runs/{run}", cancelled.Headers.Location?.ToString());

        var report = await running.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.Equal((RunEnd.Cancelled, "cancelled by the-scientist"), (report.End, report.Reason));
        Assert.Contains("cancelled by the-scientist", await scientist.PageAsync($"/runs/{run}"));
        Assert.Contains(await world.Get<AuditTrail>().SearchAsync("the-scientist", "run.cancel", long.MaxValue, 100, Cancelled), entry => entry.Event.Subject == $"run {run}");
    }

    [Fact]
    public async Task A_job_is_run_from_its_form_and_a_wrong_value_is_named()
    {
        using var scientist = await InsideAsync(OperatorRole.Scientist);
        const string form = "/jobs/train-recommendations/run";
        string empty = await scientist.PageAsync(form + "?again=1");
        Assert.Contains("value=\"48\"", empty);
        Assert.Matches("<input id=\"set-rank\" name=\"set.rank\" type=\"number\" min=\"1\" max=\"[0-9]+\" step=\"1\"", empty);
        Assert.Matches("<input id=\"set-algorithm\" name=\"set.algorithm\" type=\"text\" value", empty);

        using var wrong = await scientist.PostAsync(form, form, ("set.rank", "many"), ("set.top-k", "50"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        string page = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync(Cancelled));
        Assert.Contains("rank=many: expected rank=VALUE", page);
        Assert.Contains("value=\"many\"", page);
        Assert.Contains("Readers keep what they have", page);
        Assert.DoesNotContain("name=\"set.publish\"", page);
        using var loud = await scientist.PostAsync(form, form, ("set.publish", "yes"), ("set.top-k", "1"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, loud.StatusCode);
        Assert.Contains("publish=yes: readers keep what they have", WebUtility.HtmlDecode(await loud.Content.ReadAsStringAsync(Cancelled)));

        using var right = await scientist.PostAsync(form, form, ("set.rank", "7"), ("set.top-k", "50"), ("set.alpha", ""));
        Assert.Equal("/runs?job=train-recommendations", right.Headers.Location?.ToString());
        var run = await EventuallyAsync(async () =>
            (await world.Get<RunHistory>().SearchAsync(new RunFilter("train-recommendations", null, "the-scientist"), long.MaxValue, 1, Cancelled)).SingleOrDefault(run => run.State != "running"));
        // Skipped where another test of this world has published, failed where nothing is served.
        Assert.Contains("no event in the range says what anybody likes", run.Reason);
        Assert.Contains("\"rank\": 7", run.Parameters);
        Assert.Contains("\"publish\": \"no\"", run.Parameters);
        Assert.Contains(await world.Get<AuditTrail>().SearchAsync("the-scientist", "run.start", long.MaxValue, 100, Cancelled), entry => entry.Event.Became == "asked for: rank=7 publish=no");
    }

    [Fact]
    public async Task An_open_page_is_told_within_seconds_that_something_changed()
    {
        using var viewer = await ViewerAsync();
        using var answer = await viewer.GetAsync(LiveFeed.Path);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));
        string first = await NextEventAsync(reader);

        await OpenAsync("live-job", "test");

        Assert.NotEqual(first, await NextEventAsync(reader));
    }

    [Fact]
    public async Task What_a_page_asks_for_by_itself_does_not_keep_a_session()
    {
        string token = await world.SessionAsync(world.Operators[OperatorRole.Viewer]);
        using var viewer = world.Visitor();
        viewer.Cookies[Visitor.SessionCookie] = token;
        byte[] hash = Pipeline.Dashboard.SignIn.Tokens.Hash(token)!;
        await world.ExecuteAsync("UPDATE operator_session SET last_seen_at = UTC_TIMESTAMP(3) - INTERVAL 20 MINUTE WHERE token_hash = @hash", new { hash });
        const string minutes = "SELECT TIMESTAMPDIFF(MINUTE, last_seen_at, UTC_TIMESTAMP(3)) FROM operator_session WHERE token_hash = @hash";

        viewer.Headers[LiveFeed.Header] = "1";
        await viewer.PageAsync("/runs");
        Assert.Equal(20, await world.ScalarAsync<int>(minutes, new { hash }));
        viewer.Headers.Remove(LiveFeed.Header);
        await viewer.PageAsync("/runs");
        Assert.InRange(await world.ScalarAsync<int>(minutes, new { hash }), 0, 10);
    }

    private static async Task<string> NextEventAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancelled) is { } line)
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                return line;
        throw new EndOfStreamException("the server ended the stream");
    }

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

    private Task<OpenedRun> OpenAsync(string job, string requestedBy) =>
        world.Get<RunStore>().OpenAsync(new RunRequest(job, null, Pipeline.Dashboard.SignIn.Tokens.New(), TimeSpan.FromMinutes(5), "{}", requestedBy), Cancelled);

    private Task<Visitor> ViewerAsync() => InsideAsync(OperatorRole.Viewer);

    private async Task<Visitor> InsideAsync(OperatorRole role)
    {
        var visitor = world.Visitor();
        visitor.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[role]);
        return visitor;
    }

    /// <summary>Works until it is told to stop.</summary>
    private sealed class WaitingJob : IJob
    {
        public string Name => "waiting";

        public TaskCompletionSource<long> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
        {
            Started.SetResult(run.Lease.RunId);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return JobOutcome.Done;
        }
    }
}
