using System.Net;
using System.Text;
using MongoDB.Driver;
using Pipeline.Dashboard.Pages;
using Pipeline.Dashboard.Tests.Watching;
using Pipeline.Storage;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>Models, titles, refused events and single members, as people look at them.</summary>
[Trait("speed", "server")]
public sealed class InsightPagesTests(SharedWorld world)
{
    private const string Hostile = "<script>alert(1)</script>\u202E\0</pre></main>";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_note_stands_on_the_model_s_page_with_its_author_and_in_the_audit()
    {
        using var scientist = await InsideAsync(OperatorRole.Scientist);
        using var noted = await scientist.PostAsync("/models/1", "/models/1", ("note", Hostile.Replace("\0", "")));
        using var nul = await scientist.PostAsync("/models/1", "/models/1", ("note", "a\0b"));
        Assert.Equal(HttpStatusCode.BadRequest, nul.StatusCode);
        Assert.Equal("/models/1#notes", noted.Headers.Location?.ToString());

        AssertHarmless(await scientist.PageAsync("/models/1"));
        Assert.Contains(await world.Get<ModelNotes>().ListAsync(1, long.MaxValue, 10, Cancelled), note => note.Author == "the-scientist");
        Assert.Contains(await world.Get<AuditTrail>().SearchAsync("the-scientist", AuditActions.ModelNote, long.MaxValue, 10, Cancelled), entry => entry.Event.Subject == "model 1");
    }

    [Fact]
    public async Task A_releaser_asks_for_a_promotion_with_a_code_and_its_run_says_what_came_of_it()
    {
        var releaser = await world.OperatorAsync("promoter", OperatorRole.Releaser);
        using var inside = await world.SignedInAsync(releaser);
        using var spent = await inside.PostAsync("/models/1/promote", "/models/1/promote", ("code", DashboardWorld.SpentCode(releaser.Secret)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, spent.StatusCode);
        using var asked = await inside.PostAsync("/models/1/promote", "/models/1/promote", ("code", releaser.RecoveryCodes[0]));
        Assert.Equal("/models/1", asked.Headers.Location?.ToString());

        for (int attempt = 0; ; attempt++)
        {
            var run = (await world.Get<RunHistory>().SearchAsync(new RunFilter("promote-model", null, "promoter"), long.MaxValue, 1, Cancelled)).SingleOrDefault();
            if (run is { State: not "running" })
            {
                // Its artifact is not there.
                Assert.Equal("failed", run.State);
                Assert.Contains("\"model\": 1", run.Parameters);
                break;
            }
            Assert.True(attempt < 240, "no run within a minute");
            await Task.Delay(250, Cancelled);
        }
        Assert.Single(await world.Get<AuditTrail>().SearchAsync("promoter", AuditActions.ModelPromote, long.MaxValue, 10, Cancelled));
    }

    [Fact]
    public void A_gate_s_report_is_read_and_what_is_none_is_left_out()
    {
        const string json = """
            {"selection":{"measure":"ndcg@20","members":9,"why":"best","winner":"a","rows":[
              {"name":"a","algorithm":"ials","settings":{},"metrics":{"ndcg@20":{"mean":0.2,"low":0.1,"high":0.3}},"trainSeconds":1.5,"difference":null,"failure":null},
              {"name":"b","algorithm":"x","settings":{},"metrics":{},"trainSeconds":0,"difference":null,"failure":"no memory"}]},
             "gate":{"promoted":false,"reason":"too weak","measure":"ndcg@20","members":9,"challenger":{"name":"a","metrics":{"coverage":{"mean":0.5,"low":0.5,"high":0.5}}},
              "checks":[{"name":"champion","passed":false,"detail":"worse","comparison":null}]}}
            """;
        var report = ModelReport.Read(json)!;

        Assert.Equal((false, "too weak", "ndcg@20"), (report.Promoted, report.Reason, report.Measure));
        Assert.Equal([new GateCheck("champion", false, "worse")], report.Checks);
        Assert.Equal([new Measured(0.2, 0.1, 0.3), null], report.Candidates.Select(candidate => candidate.Measured));
        Assert.Equal(0.5, report.Metrics["coverage"].Mean);
        Assert.All(new[] { null, "", "7", "{}", "{\"gate\":{}}", "{\"gate\":7}" }, text => Assert.Null(ModelReport.Read(text)));
    }

    [Fact]
    public async Task Titles_are_ranked_by_region_and_drawn_over_time()
    {
        await world.ExecuteAsync(
            """
            REPLACE INTO title (content_id, name_ko, name_en, genres) VALUES (501, '<b>하나</b>', '<script>alert(1)</script>', '[]');
            REPLACE INTO popularity_history (region, hour_at, content_id, rank_no, views, unique_viewers, hours_watched, score)
            SELECT region, TIMESTAMP(DATE(UTC_TIMESTAMP())) - INTERVAL hours HOUR, 501, 1 + hours, 1234.5 - hours, 77, 99, 3
              FROM (SELECT 'ALL' AS region UNION ALL SELECT 'JP') AS regions, (SELECT 0 AS hours UNION ALL SELECT 1 UNION ALL SELECT 24) AS back
            """);
        using var viewer = await InsideAsync(OperatorRole.Viewer);
        string page = await viewer.PageAsync("/titles?region=JP&days=3&title=501");

        AssertHarmless(page);
        Assert.Contains("1,234.5", page);
        Assert.Contains("<polyline points=", page);
        Assert.Contains(">25<", page);
        Assert.Contains("<option value=\"JP\" selected", page);
        viewer.Headers["Accept-Language"] = "ko";
        Assert.Contains("&lt;b&gt;하나&lt;/b&gt;", await viewer.PageAsync("/titles"));
    }

    [Fact]
    public async Task A_refused_event_is_shown_harmlessly_and_an_ingest_worker_gets_the_wish_to_send_it_again()
    {
        var (database, desk) = (world.Get<IMongoDatabase>(), world.Get<RefusedEventDesk>());
        var source = new SourcePosition("watch-events", 3, 41);
        await new MongoRefusedEvents(database).KeepAsync(
            [new RefusedEvent(source, Encoding.UTF8.GetBytes(Hostile + new string('x', 1 << 20)), "not_json", Hostile, TimeProvider.System.GetUtcNow())], Cancelled);
        using var scientist = await InsideAsync(OperatorRole.Scientist);

        string page = await scientist.PageAsync("/ingest?code=not_json");
        AssertHarmless(page);
        Assert.True(page.Length < 100_000, "the payload is cut");
        Assert.Contains("1,048,", page);
        // A list leaves long payloads where they are; on its own, one shows its beginning.
        string one = await scientist.PageAsync($"/ingest?event={Uri.EscapeDataString(source.ToString())}");
        AssertHarmless(one);
        Assert.InRange(one.Split("xxxx").Length, 100, 1_000);

        using var wished = await scientist.PostAsync("/ingest", "/ingest", ("id", source.ToString()));
        Assert.Equal("/ingest", wished.Headers.Location?.ToString());
        using var again = await scientist.PostAsync("/ingest", "/ingest", ("id", source.ToString()));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        var wish = Assert.Single(
            await world.Get<AuditTrail>().SearchAsync("the-scientist", AuditActions.EventReplay, long.MaxValue, 100, Cancelled), entry => entry.Event.Subject == source.ToString());
        Assert.Equal("asked for", wish.Event.Became);

        var taken = await desk.TakeReplayAsync(TimeProvider.System.GetUtcNow(), Cancelled);
        Assert.Equal((source.ToString(), "the-scientist"), (taken!.Id, taken.ReplayBy));
        Assert.Null(await desk.TakeReplayAsync(TimeProvider.System.GetUtcNow(), Cancelled));
        Assert.NotNull(await desk.TakeReplayAsync(TimeProvider.System.GetUtcNow().AddMinutes(2), Cancelled));
        await desk.ReplayedAsync(taken.Id, TimeProvider.System.GetUtcNow(), Cancelled);
        Assert.Null(await desk.TakeReplayAsync(TimeProvider.System.GetUtcNow().AddMinutes(9), Cancelled));
        Assert.Contains("replayed for the-scientist", await scientist.PageAsync("/ingest"));
        Assert.True((await desk.FindAsync(source.ToString(), Cancelled))!.CanBeReplayed);
    }

    [Fact]
    public async Task Health_names_every_server_and_every_step_of_the_schema()
    {
        using var viewer = await InsideAsync(OperatorRole.Viewer);
        string page = await viewer.PageAsync("/servers");
        // A server of a busy machine may take longer than the page waits.
        for (int attempt = 0; attempt < 20 && page.Contains("state silent"); attempt++)
            page = await viewer.PageAsync("/servers");

        foreach (string name in (string[])["MySQL", "Redis", "MongoDB", "Kafka", "job_run_event"])
            Assert.Contains(name, page);
        Assert.Equal(5, page.Split("<h2")[0].Split("state answers").Length - 1);
        string nodes = page.Split("id=\"nodes\"")[1];
        Assert.Contains($"{Environment.MachineName.ToLowerInvariant()}:{Environment.ProcessId}", nodes);
        Assert.Contains($"<code>{BuildVersion.Of(typeof(Pipeline.Jobs.JobsSettings).Assembly)}</code>", WebUtility.HtmlDecode(nodes));
        Assert.Matches("[1-9][0-9]* brokers", page);
    }

    [Fact]
    public async Task Health_says_which_schema_the_database_has_and_not_which_the_program_knows()
    {
        await using var ingest = await IngestWatchTests.WorkerAsync(() => "", """{"status": "healthy", "version": "9.8.7+abc", "down": {}, "lag": 3}""");
        await using var own = new OwnWorld { IngestWorkers = [new Uri(ingest.Urls.Single())] };
        await own.InitializeAsync();
        using var viewer = await own.InsideAsync(await own.OperatorAsync("ada", OperatorRole.Viewer));
        await own.ExecuteAsync("INSERT INTO schema_version (version, name, checksum, applied_at) VALUES (9001, 'from_the_future', '', UTC_TIMESTAMP(3))");
        string page = await viewer.PageAsync("/servers");

        Assert.Contains("schema 9001 (from_the_future)", page);
        Assert.Matches("<code>from_the_future</code>\\s+<span class=\"state missed\">newer than this program</span>", page);
        Assert.Contains("9.8.7+abc; healthy; lag 3", WebUtility.HtmlDecode(page));
    }

    private static void AssertHarmless(string page)
    {
        Assert.DoesNotContain("<script>alert", page);
        Assert.DoesNotContain("\u202E", page);
        Assert.DoesNotContain('\0', page);
        Assert.Equal(1, page.Split("</main>").Length - 1);
    }

    private async Task<Visitor> InsideAsync(OperatorRole role)
    {
        var visitor = world.Visitor();
        visitor.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[role]);
        return visitor;
    }
}
