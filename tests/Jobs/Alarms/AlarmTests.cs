using System.Net;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Jobs.Alarms;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Schedules;
using Pipeline.Storage.MySql.Alarms;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Tests.Alarms;

[Trait("speed", "server")]
public sealed class AlarmTests : IAsyncLifetime
{
    private static readonly byte[] Key = WebhookSettings.ReadKey("0123456789abcdef0123456789")!;

    private readonly string _anchor = Path.GetTempFileName();
    private JobStores _stores = null!;
    private AlarmStore _alarms = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _stores = await JobStores.CreateAsync();
        _alarms = new AlarmStore(_stores.Database);
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        File.Delete(_anchor);
    }

    [Fact]
    public async Task A_failed_attempt_raises_one_alarm_and_a_success_is_the_all_clear()
    {
        var hour = new DateTime(2026, 11, 22, 10, 10, 0, DateTimeKind.Utc);
        await RunAsync(hour, fails: true);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _alarms.LookAtRunsAsync(true, Cancelled)));

        var alarm = Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));
        Assert.Equal(("failed", "work"), (alarm.Kind, alarm.Job));
        Assert.Contains("in attempt 1: InvalidOperationException: it rains", alarm.Message);

        await RunAsync(hour, fails: false);
        await _alarms.LookAtRunsAsync(true, Cancelled);
        Assert.Empty(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));
    }

    [Fact]
    public async Task An_attempt_that_was_lost_or_failed_raises_one_though_the_next_one_runs_already()
    {
        var hour = new DateTime(2026, 11, 22, 10, 10, 0, DateTimeKind.Utc);
        var dead = (await OpenAsync(hour, "a node that dies", TimeSpan.Zero)).Lease!.Value;
        await Task.Delay(5, Cancelled);
        var heir = await OpenAsync(hour, "its heir", TimeSpan.FromHours(1));
        Assert.Equal((dead.RunId, 2), (heir.Lease!.Value.RunId, heir.Attempt));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _alarms.LookAtRunsAsync(false, Cancelled)));
        var alarm = Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));
        Assert.Equal(("lost", "work", dead.RunId), (alarm.Kind, alarm.Job, alarm.RunId));
        Assert.Contains("lost in attempt 1: no heartbeat from a node that dies since", alarm.Message);

        await _stores.Runs.FinishAsync(heir.Lease.Value, RunState.Failed, "it rains", "{}", Cancelled);
        await OpenAsync(hour, "the third", TimeSpan.FromHours(1));
        await _alarms.LookAtRunsAsync(false, Cancelled);
        Assert.Equal(["failed", "lost"], (await _alarms.OpenAsync(long.MaxValue, 10, Cancelled)).Select(open => open.Kind));
    }

    private Task<OpenedRun> OpenAsync(DateTime hour, string owner, TimeSpan lease) =>
        _stores.Runs.OpenAsync(new RunRequest("work", hour, owner, lease, "{}", "a test"), Cancelled);

    [Fact]
    public async Task A_time_without_a_run_is_missed_once_and_one_with_a_run_is_not()
    {
        var schedules = new ScheduleStore(_stores.Database);
        var plans = new JobPlans(schedules);
        await schedules.EnsureAsync("popularity", Cancelled);
        // Half an hour after a time of the timetable and as long before the next, whatever the time is now.
        var start = new DateTime(2026, 11, 22, 10, 40, 0, DateTimeKind.Utc);
        await using (var connection = await _stores.Database.OpenAsync(Cancelled))
            await connection.ExecuteAsync("UPDATE job_schedule SET since = @start", new { start });
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(start));
        using var watch = new AlarmWatch(plans, _alarms, new JobsSettings(), clock, NullLogger<AlarmWatch>.Instance);

        // What was due before the timetable was put up is nobody's to miss.
        await watch.LookAsync(Cancelled);
        Assert.Empty(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));

        clock.Advance(TimeSpan.FromHours(2));
        await watch.LookAsync(Cancelled);
        await watch.LookAsync(Cancelled);
        Assert.Equal("missed", Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled)).Kind);

        var next = JobPlans.Combine("popularity", null).ScheduledAt(clock.GetUtcNow().UtcDateTime.AddHours(1));
        await _stores.Runs.SkipAsync("popularity", next, "paused by ada", "the timetable", Cancelled);
        clock.Advance(TimeSpan.FromHours(1));
        await watch.LookAsync(Cancelled);
        Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));

        var alarm = Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));
        var audit = new AuditTrail(_stores.Database, new AuditChain(new byte[32]), new AuditAnchor(_anchor, TimeProvider.System, NullLogger<AuditAnchor>.Instance));
        var desk = new AlarmDesk(audit);
        Assert.True(await desk.SeeAsync(alarm.AlarmId, new Actor("ada", ""), Cancelled));
        Assert.False(await desk.SeeAsync(alarm.AlarmId, new Actor("bob", ""), Cancelled));
        Assert.Empty(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));
    }

    [Fact]
    public async Task A_delivery_is_signed_and_tried_again_until_the_receiver_takes_it()
    {
        await _alarms.MissedAsync("work", new DateTime(2026, 11, 22, 10, 10, 0, DateTimeKind.Utc), "work: no run", hook: true, Cancelled);
        var answers = new Queue<HttpStatusCode>([HttpStatusCode.InternalServerError, HttpStatusCode.TemporaryRedirect, HttpStatusCode.NoContent]);
        var received = new List<(string Id, string Timestamp, string Signature, byte[] Body)>();
        await using var receiver = await ReceiverAsync(answers, received);
        var webhook = new AlarmWebhook(
            AlarmWebhook.CreateClient(), new WebhookSettings(new Uri(receiver.Urls.Single()), Key), _alarms, TimeProvider.System, NullLogger<AlarmWebhook>.Instance);

        Assert.Equal(1, await webhook.DeliverAsync(Cancelled));
        var failing = Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));
        Assert.Equal(("the receiver answered 500", 1, false), (failing.Fault, failing.Tries, failing.IsGivenUp));
        Assert.NotNull(failing.NextTryAt);
        Assert.Equal(0, await webhook.DeliverAsync(Cancelled));
        await DueNowAsync();
        // Where it says to go instead nobody goes: what is signed is for the one address.
        Assert.Equal(1, await webhook.DeliverAsync(Cancelled));
        Assert.Equal("the receiver answered 307", Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled)).Fault);
        await DueNowAsync();
        Assert.Equal(1, await webhook.DeliverAsync(Cancelled));
        await DueNowAsync();
        Assert.Equal(0, await webhook.DeliverAsync(Cancelled));

        Assert.Equal(3, received.Count);
        Assert.Single(received.Select(delivery => delivery.Id).Distinct());
        Assert.All(received, delivery => Assert.Equal(delivery.Signature, AlarmWebhook.Sign(Key, delivery.Id, delivery.Timestamp, delivery.Body)));
        Assert.All(received, delivery => Assert.Contains("\"message\":\"work: no run\"", System.Text.Encoding.UTF8.GetString(delivery.Body)));
        Assert.NotNull(Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled)).DeliveredAt);
    }

    /// <summary>The example of the libraries of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks.</summary>
    [Fact]
    public void A_signature_is_the_one_that_libraries_of_Standard_Webhooks_expect()
    {
        byte[] key = WebhookSettings.ReadKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            AlarmWebhook.Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", """{"test": 2432232314}"""u8));
    }

    [Theory]
    [InlineData("whsec_not base64", null)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILA==", null)]
    [InlineData("too short", null)]
    [InlineData("0123456789abcdef01234567", 24)]
    public void A_secret_is_a_key_when_it_is_long_enough(string secret, int? bytes) => Assert.Equal(bytes, WebhookSettings.ReadKey(secret)?.Length);

    [Fact]
    public async Task An_alarm_that_nobody_took_is_given_up_and_says_so()
    {
        await _alarms.MissedAsync("work", new DateTime(2026, 11, 22, 10, 10, 0, DateTimeKind.Utc), "work: no run", hook: true, Cancelled);
        var webhook = new AlarmWebhook(
            AlarmWebhook.CreateClient(), new WebhookSettings(new Uri("http://127.0.0.1:1"), Key), _alarms, TimeProvider.System, NullLogger<AlarmWebhook>.Instance);
        for (int attempt = 1; attempt <= 12; attempt++, await DueNowAsync())
        {
            Assert.Equal(1, await webhook.DeliverAsync(Cancelled));
            var open = Assert.Single(await _alarms.OpenAsync(long.MaxValue, 10, Cancelled));
            Assert.Equal((attempt, attempt == 12), (open.Tries, open.IsGivenUp));
        }
        Assert.Equal(0, await webhook.DeliverAsync(Cancelled));
    }

    private async Task DueNowAsync()
    {
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync("UPDATE alarm SET next_try_at = UTC_TIMESTAMP(3) WHERE next_try_at IS NOT NULL");
    }

    private static async Task<WebApplication> ReceiverAsync(Queue<HttpStatusCode> answers, List<(string, string, string, byte[])> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, Cancelled);
            var headers = context.Request.Headers;
            received.Add((headers[AlarmWebhook.IdHeader]!, headers[AlarmWebhook.TimestampHeader]!, headers[AlarmWebhook.SignatureHeader]!, body.ToArray()));
            context.Response.StatusCode = (int)answers.Dequeue();
            context.Response.Headers.Location = "/";
        });
        await app.StartAsync(Cancelled);
        return app;
    }

    private Task<RunReport> RunAsync(DateTime hour, bool fails) =>
        _stores.Ledger().RunAsync(new Work(fails), ParameterValues.Read("work", [], []), new RunOrder(hour, "a test", _ => { }), Cancelled);

    private sealed class Work(bool fails) : IJob
    {
        public string Name => "work";

        public Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken) =>
            fails ? throw new InvalidOperationException("it rains") : Task.FromResult(JobOutcome.Done);
    }
}
