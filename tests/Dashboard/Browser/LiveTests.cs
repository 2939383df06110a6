using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Browser;
using Pipeline.Dashboard.Live;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>Open pages follow what happens.</summary>
[Trait("speed", "server")]
public sealed class LiveTests(OwnWorld world) : IClassFixture<OwnWorld>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_before_a_page_listens_is_not_missed()
    {
        await world.ExecuteAsync(
            """
            INSERT INTO job_run (run_id, job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by)
            VALUES (9, 'popularity', '2026-01-01', 1, 'running', 0, 'test', UTC_TIMESTAMP() + INTERVAL 1 HOUR, UTC_TIMESTAMP(), UTC_TIMESTAMP(), '{}', '{}', 'test')
            """);
        await using var browser = await Chromium.StartAsync(Cancelled);
        var page = await browser.OpenAsync(Cancelled);
        await world.SignInAsync(page, await world.OperatorAsync("a-reader", OperatorRole.Viewer));
        // As on a busy machine: the page is there, and listens when connect() is called.
        await page.BeforeAsync(
            """
            const Real = window.EventSource;
            window.EventSource = function (address) {
              window.connect = () => { new Real(address).onmessage = event => this.onmessage(event); };
            };
            """, Cancelled);

        await page.GoAsync(new Uri(world.Address, "/runs/9"), Cancelled);
        Assert.Equal("running", await page.TextAsync("dd .state", Cancelled));
        await world.ExecuteAsync("UPDATE job_run SET state = 'succeeded', finished_at = UTC_TIMESTAMP() WHERE run_id = 9");
        await page.EvaluateAsync("connect()", Cancelled);

        await page.WaitAsync("document.querySelector('dd .state').classList.contains('succeeded')", Cancelled);
    }

    /// <summary>By the feed's own clock, which the test moves: how fast the machine is does not count.</summary>
    [Fact]
    public async Task A_change_is_told_before_five_seconds_are_over()
    {
        var clock = new FakeTimeProvider();
        using var feed = new LiveFeed(world.Get<RunHistory>(), clock, world.Get<IHostApplicationLifetime>());
        var pipe = new Pipe();
        using var left = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = left.Token, Response = { Body = pipe.Writer.AsStream() } };
        var sending = feed.SendAsync(context);
        using var reader = new StreamReader(pipe.Reader.AsStream());
        string first = await EventAsync(reader);

        await world.ExecuteAsync(
            """
            INSERT INTO job_run (job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by)
            VALUES ('told', '2026-01-01', 1, 'succeeded', 0, 'test', UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP(), '{}', '{}', 'test')
            """);
        for (int second = 0; second < 5; second++)
            clock.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, await EventAsync(reader));
        await left.CancelAsync();
        await sending;
    }

    private static async Task<string> EventAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(Cancelled) is { } line)
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                return line;
        throw new EndOfStreamException("the feed ended");
    }
}
