using System.Net;
using System.Text;
using MongoDB.Driver;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>What strangers can get into the tables, on every page that shows it: as text, and as nothing else.</summary>
[Trait("speed", "server")]
public sealed class HostileTests : IClassFixture<OwnWorld>
{
    private const string Script = "<script>alert(1)</script>";

    /// <summary>Markup, both quotes, a template, and characters that nobody sees.</summary>
    private const string Text = Script + "\"'><img src=x onerror=alert(1)>{{7*7}}\u202Egnp\u200B\u001b[31m";

    private readonly OwnWorld _world;

    public HostileTests(OwnWorld world) => _world = world;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_shows_it_as_text()
    {
        await FillAsync();
        var admin = await _world.OperatorAsync("admin", OperatorRole.Admin);
        using var inside = _world.Visitor();
        inside.Cookies[Visitor.SessionCookie] = await _world.SessionAsync(admin);
        await _world.ExecuteAsync("UPDATE operator_session SET address = LEFT(@Text, 45), user_agent = @Text", new { Text });
        await _world.TokenAsync(admin, OperatorRole.Viewer, what: Text[..64]);
        string asked = Uri.EscapeDataString(Script + "\"'><img src=x onerror=alert(1)>");
        string[] paths =
        [
            "/", "/runs", $"/runs?job={asked}&state={asked}&text={asked}", "/runs/1", "/jobs", $"/jobs/{asked}/run", "/models", "/models/1", "/models/compare?id=1&id=2",
            "/models/1/promote", "/generations", $"/why?user={asked}", "/why?user=42&region=KR", "/titles?region=KR", $"/titles?region={asked}", "/ingest",
            $"/ingest?code={asked}", "/servers", "/account", "/operators", "/audit", $"/audit?actor={asked}&action={asked}", "/audit?action=hangfire",
        ];
        // Then every page that there is, of the first of its kind.
        var all = Routes.All.Where(route => route.Read is not (Need.Anyone or Need.Nothing) && route.Pattern is not ("/live" or "/hangfire/{**path}") && !route.Pattern.StartsWith("/api", StringComparison.Ordinal))
            .Select(route => route.Pattern.Replace("{id:long}", "1", StringComparison.Ordinal).Replace("{job}", "popularity", StringComparison.Ordinal));
        foreach (string path in paths.Union(all))
        {
            using var answer = await inside.GetAsync(path);
            string page = await answer.Content.ReadAsStringAsync(Cancelled);
            Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}\n{page}");
            Assert.All((string[])["<script>alert", "<img", "\" onerror", "\u202E", "&#x202E;", "\u200B", "\u001b", "\0"], sign => Assert.DoesNotContain(sign, page));
            Assert.Equal(1, page.Split("</main>").Length - 1);
            Assert.True(page.Length < 1_000_000, $"{path}: {page.Length} characters");
        }
        foreach (string path in (string[])["/runs", "/models/1", "/jobs", "/erasures", "/erasures/1", "/operators/1", "/account", "/titles?region=KR", "/ingest", "/audit?action=hangfire"])
            Assert.Contains(Script, WebUtility.HtmlDecode(await inside.PageAsync(path)));
    }

    private async Task FillAsync()
    {
        string mega = Text + new string('가', 700_000);
        await _world.ExecuteAsync(
            """
            INSERT INTO job_run (run_id, job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, finished_at, parameters, metrics, reason, step, requested_by)
            VALUES (1, LEFT(@Text, 64), '2026-01-01', 1, 'failed', 1, @Text, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), @json, @json, @Text, LEFT(@Text, 64), @Text);
            INSERT INTO job_run_log (run_id, attempt, logged_at, message) VALUES (1, 1, UTC_TIMESTAMP(3), @Text);
            INSERT INTO job_run_event (run_id, attempt, state, happened_at, reason) VALUES (1, 1, 'failed', UTC_TIMESTAMP(3), @Text);
            INSERT INTO job_schedule (job, paused_by, paused_at, since) VALUES ('popularity', LEFT(@Text, 64), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3));
            INSERT INTO erasure (erasure_id, member_digest, user_id, requested_by, requested_at, next_try_at) VALUES (1, REPEAT('d', 16), 42, LEFT(@Text, 64), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 DAY);
            INSERT INTO alarm (kind, job, subject, run_id, message, raised_at) VALUES ('failed', 'x', 'x', 1, @Text, UTC_TIMESTAMP(3));
            INSERT INTO model (model_id, run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_path, artifact_digest, state, reason, created_at)
            VALUES (1, 1, LEFT(@Text, 64), @json, REPEAT('d', 64), @json, 1, 'a', REPEAT('a', 64), 'registered', @Text, UTC_TIMESTAMP(3)),
                   (2, 1, 'b', @mega, REPEAT('e', 64), '[]', 1, 'a', REPEAT('a', 64), 'registered', NULL, UTC_TIMESTAMP(3));
            INSERT INTO model_report (model_id, report, created_at) VALUES (1, @report, UTC_TIMESTAMP(3)), (2, '{"gate": 7}', UTC_TIMESTAMP(3));
            INSERT INTO model_note (model_id, written_at, author, note) VALUES (1, UTC_TIMESTAMP(3), LEFT(@Text, 64), @Text);
            INSERT INTO title (content_id, name_ko, name_en, genres) VALUES (7, @Text, @Text, '[]');
            INSERT INTO popularity_history (region, hour_at, content_id, rank_no, views, unique_viewers, hours_watched, score)
            VALUES ('KR', TIMESTAMP(DATE(UTC_TIMESTAMP())), 7, 1, 1, 1, 1, 1), ('ALL', TIMESTAMP(DATE(UTC_TIMESTAMP())), 7, 1, 1, 1, 1, 1);
            INSERT INTO generation (generation_id, scope, run_id, model_id, fencing_token, state, lists, created_at, published_at)
            VALUES (1, 'global', 1, 1, 1, 'published', 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3));
            INSERT INTO serving_pointer (scope, generation_id, fencing_token, flipped_at) VALUES ('global', 1, 1, UTC_TIMESTAMP(3));
            INSERT INTO serving_flip (scope, fencing_token, generation_id, run_id, flipped_at) VALUES ('global', 1, 1, 1, UTC_TIMESTAMP(3));
            INSERT INTO recommendation (generation_id, user_id, items) VALUES (1, 42, @items);
            """,
            new
            {
                Text, json = Json(new Dictionary<string, object> { [Text] = Text, ["n"] = 1 }), mega = Json(new Dictionary<string, object> { ["mega"] = mega }),
                items = Json(new[] { new { contentId = 7, score = 1, reason = new { kind = Text } } }),
                report = Json(new
                {
                    selection = (object?)null,
                    gate = new
                    {
                        promoted = false, reason = Text, measure = Text, challenger = (object?)null, checks = new[] { new { name = Text, passed = false, detail = Text } },
                    },
                }),
            });
        await new MongoRefusedEvents(_world.Get<IMongoDatabase>()).KeepAsync(
            [new RefusedEvent(new SourcePosition("watch-events", 0, 1), Encoding.UTF8.GetBytes(mega + "\0"), "not_json", Text, TimeProvider.System.GetUtcNow())], Cancelled);
        await _world.Get<AuditTrail>().RecordAsync(new AuditEvent("someone", "", AuditActions.Hangfire, Text, Text, Text), Cancelled);
    }

    private static string Json(object value) => System.Text.Json.JsonSerializer.Serialize(value);
}
