using System.Net;
using System.Text.Json;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>Lists that are longer than a page say so, and lead to the rest.</summary>
[Trait("speed", "server")]
public sealed class LongListsTests(OwnWorld world) : IClassFixture<OwnWorld>
{
    [Fact]
    public async Task All_open_alarms_are_reached_the_newest_first_and_each_says_what_became_of_its_delivery()
    {
        for (int number = 1; number <= 45; number++)
            await world.ExecuteAsync(
                "INSERT INTO alarm (alarm_id, kind, job, subject, message, raised_at) VALUES (@number, 'missed', 'listed', @subject, @subject, UTC_TIMESTAMP(3))",
                new { number, subject = $"alarm number {number}." });
        await world.ExecuteAsync(
            """
            UPDATE alarm SET tries = 12, fault = 'the receiver answered 404' WHERE alarm_id = 44;
            UPDATE alarm SET tries = 3, fault = 'no answer within 10 s', next_try_at = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR WHERE alarm_id = 45;
            """);
        var who = await world.OperatorAsync("a-watcher", OperatorRole.Viewer);
        using var viewer = await world.InsideAsync(who);
        string first = WebUtility.HtmlDecode(await viewer.PageAsync("/"));
        Assert.Contains("alarm number 26.", first);
        Assert.DoesNotContain("alarm number 25.", first);
        Assert.Contains("45 in all", first);
        Assert.Contains("given it up after 12 tries: the receiver answered 404", first);
        Assert.Contains("Not delivered in 3 tries: no answer within 10 s. The webhook tries again:", first);
        Assert.Contains("alarm number 25.", await viewer.PageAsync("/?alarms=26"));
        string last = await viewer.PageAsync("/?alarms=6");
        Assert.Contains("alarm number 1.", last);
        Assert.DoesNotContain("rel=\"next\"", last);
        viewer.Headers["Accept-Language"] = "ko";
        Assert.Contains("수신 측이 404(으)로 응답함", WebUtility.HtmlDecode(await viewer.PageAsync("/")));

        using var program = world.Visitor();
        program.Headers["Authorization"] = $"Bearer {await world.TokenAsync(who, OperatorRole.Viewer)}";
        using var listed = JsonDocument.Parse(await program.PageAsync("/api/v1/alarms?before=46"));
        Assert.Equal((45, 3, false), Delivery(listed.RootElement[0]));
        Assert.Equal((44, 12, true), Delivery(listed.RootElement[1]));
        using var rest = JsonDocument.Parse(await program.PageAsync("/api/v1/alarms?before=3"));
        Assert.Equal(2, rest.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Of_a_long_history_the_newest_turns_are_shown_and_lead_to_the_first()
    {
        await world.ExecuteAsync(
            """
            INSERT INTO job_run (run_id, job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by)
            VALUES (500, 'popularity', '2026-01-01', 1, 'failed', 0, 'test', '2026-01-01', '2026-01-01', '2026-01-01', '{}', '{}', 'test')
            """);
        for (int number = 1; number <= 130; number++)
            await world.ExecuteAsync(
                "INSERT INTO job_run_event (run_id, attempt, state, happened_at, reason) VALUES (500, @number, 'failed', UTC_TIMESTAMP(3), @reason)",
                new { number, reason = $"turn number {number}." });
        using var viewer = await world.InsideAsync(await world.OperatorAsync("a-historian", OperatorRole.Viewer));
        string newest = await viewer.PageAsync("/runs/500");

        Assert.Contains("turn number 130.", newest);
        Assert.DoesNotContain("turn number 30.", newest);
        Assert.True(newest.IndexOf("turn number 31.", StringComparison.Ordinal) < newest.IndexOf("turn number 130.", StringComparison.Ordinal), "in their order");
        string earlier = await viewer.PageAsync(newest.Split("rel=\"prev\" href=\"")[1].Split('#')[0]);
        Assert.Contains("turn number 1.", earlier);
        Assert.Contains("turn number 30.", earlier);
        Assert.DoesNotContain("rel=\"prev\"", earlier);
    }

    private static (int Id, int Tries, bool IsGivenUp) Delivery(JsonElement alarm) =>
        (alarm.GetProperty("alarmId").GetInt32(), alarm.GetProperty("tries").GetInt32(), alarm.GetProperty("isGivenUp").GetBoolean());
}
