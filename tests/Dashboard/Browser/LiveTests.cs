using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Dashboard.Live;
using Pipeline.Dashboard.Tests.Watching;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>Open pages follow what happens.</summary>
[Trait("speed", "server")]
public sealed class LiveTests(OwnWorld world, SharedBrowser browser) : IClassFixture<OwnWorld>
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
        await using var page = await browser.OpenAsync(Cancelled);
        await world.SignInAsync(page, await world.OperatorAsync("a-reader", OperatorRole.Viewer));
        // As on a busy machine: the page is there, and listens when connect() is called.
        await page.BeforeAsync(
            """
            const Real = window.EventSource;
            window.EventSource = class {
              constructor(address) { window.connect = () => { new Real(address).onmessage = event => this.onmessage(event); }; }
              addEventListener() {}
              close() {}
            };
            """, Cancelled);

        await page.GoAsync(new Uri(world.Address, "/runs/9"), Cancelled);
        Assert.Equal("running", await page.TextAsync("dd .state", Cancelled));
        await world.ExecuteAsync("UPDATE job_run SET state = 'succeeded', finished_at = UTC_TIMESTAMP() WHERE run_id = 9");
        await page.EvaluateAsync("connect()", Cancelled);

        await page.WaitAsync("document.querySelector('dd .state').classList.contains('succeeded')", Cancelled);
    }

    /// <summary>What changes, as a statement; each is told, though nothing else changes.</summary>
    public static TheoryData<string> Changes => new()
    {
        "INSERT INTO job_run (job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by) VALUES ('told', UTC_TIMESTAMP(3), 1, 'succeeded', 0, 'test', UTC_TIMESTAMP(), UTC_TIMESTAMP(), UTC_TIMESTAMP(), '{}', '{}', 'test')",
        "UPDATE job_run SET heartbeat_at = UTC_TIMESTAMP(3) WHERE run_id = 8000",
        "UPDATE job_run SET log_lines = log_lines + 1 WHERE run_id = 8000",
        "UPDATE job_run SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE run_id = 8000",
        "INSERT INTO job_run_event (run_id, attempt, state, happened_at) VALUES (8000, 1, 'cancelling', UTC_TIMESTAMP(3))",
        "INSERT INTO alarm (kind, job, subject, message, raised_at) VALUES ('missed', 'told', 'once', 'told: no run', UTC_TIMESTAMP(3))",
        "UPDATE alarm SET tries = tries + 1, fault = 'no answer' WHERE alarm_id = 7",
        "UPDATE alarm SET seen_at = UTC_TIMESTAMP(3), seen_by = 'ada' WHERE alarm_id = 7",
        "UPDATE alarm SET over_at = UTC_TIMESTAMP(3) WHERE alarm_id = 7",
        "UPDATE job_schedule SET paused_by = 'ada', paused_at = UTC_TIMESTAMP(3) WHERE job = 'told'",
        "UPDATE job_schedule SET paused_by = NULL, paused_at = NULL WHERE job = 'told'",
        "UPDATE job_schedule SET cron = '1 2 3 4 *' WHERE job = 'told'",
        "INSERT INTO serving_pointer (scope, generation_id, fencing_token, flipped_at) VALUES ('told', 1, 999999, UTC_TIMESTAMP(3))",
    };

    /// <summary>By the feed's own clock, which the test moves: how fast the machine is does not count.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_is_told_before_five_seconds_are_over(string change)
    {
        await world.ExecuteAsync(
            """
            REPLACE INTO job_run (run_id, job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by)
            VALUES (8000, 'told', '2026-01-01', 1, 'running', 0, 'test', UTC_TIMESTAMP() + INTERVAL 1 HOUR, '2026-01-01', UTC_TIMESTAMP(), '{}', '{}', 'test');
            REPLACE INTO alarm (alarm_id, kind, job, subject, message, raised_at) VALUES (7, 'missed', 'told', 'a time', 'told: no run', UTC_TIMESTAMP(3));
            REPLACE INTO job_schedule (job, since, paused_by, paused_at) VALUES ('told', '2026-01-01', 'bob', '2026-01-01');
            DELETE FROM alarm WHERE subject = 'once';
            """);
        var clock = new FakeTimeProvider();
        using var feed = new LiveFeed(world.Get<RunHistory>(), world.Get<IngestWatch>(), clock, world.Get<IHostApplicationLifetime>());
        await using var listener = new Listener(feed, "/live");
        string first = await listener.NextAsync();

        await world.ExecuteAsync(change);
        for (int second = 0; second < 5; second++)
            clock.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, await listener.NextAsync());
    }

    [Fact]
    public async Task What_the_ingest_workers_say_is_told_to_pages_that_show_it()
    {
        int lag = 5;
        await using var worker = await IngestWatchTests.WorkerAsync(() => $"ingest_lag{{partition=\"0\"}} {lag}\n");
        var clock = new FakeTimeProvider();
        using var watch = new IngestWatch(new DashboardSettings { IngestWorkers = [new Uri(worker.Urls.Single())] }, clock);
        await watch.LookAsync(Cancelled);
        using var feed = new LiveFeed(world.Get<RunHistory>(), watch, clock, world.Get<IHostApplicationLifetime>());
        await using var listener = new Listener(feed, "/live?ingest");
        string first = await listener.NextAsync();

        lag = 6;
        await watch.LookAsync(Cancelled);
        clock.Advance(TimeSpan.FromSeconds(2));
        string second = await listener.NextAsync();
        Assert.NotEqual(first, second);
        Assert.True(IngestWatch.Interval + TimeSpan.FromSeconds(2) <= TimeSpan.FromSeconds(5));

        await worker.StopAsync(Cancelled);
        await watch.LookAsync(Cancelled);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(second, await listener.NextAsync());
    }

    [Fact]
    public async Task What_the_reader_is_at_is_left_alone_and_caught_up_with_afterwards_and_an_end_is_said()
    {
        await RunningAsync(10);
        await using var page = await browser.OpenAsync(Cancelled);
        await world.SignInAsync(page, await world.OperatorAsync("a-scientist", OperatorRole.Scientist));
        await page.GoAsync(new Uri(world.Address, "/runs/10"), Cancelled);
        await page.WaitAsync("document.querySelector('#run a.grave')", Cancelled);
        // A field that somebody types into; what it holds would be lost.
        await page.EvaluateAsync("document.querySelector('#run').insertAdjacentHTML('beforeend', '<input aria-label=\"x\" id=\"typed\">'); document.getElementById('typed').focus()", Cancelled);
        await page.EvaluateAsync("const real = window.fetch; window.fetched = 0; window.fetch = async (...all) => { const answer = await real(...all); await answer.clone().text(); window.fetched++; return answer; }", Cancelled);
        await world.ExecuteAsync("UPDATE job_run SET state = 'failed', reason = 'it rains', finished_at = UTC_TIMESTAMP() WHERE run_id = 10");
        await page.WaitAsync("window.fetched > 0", Cancelled);
        Assert.Equal("running", await page.TextAsync("#run dd .state", Cancelled));

        await page.EvaluateAsync("document.activeElement.blur()", Cancelled);
        await page.WaitAsync("document.querySelector('#run dd .state').classList.contains('failed')", Cancelled);
        Assert.Equal("Run 10: failed", await page.TextAsync("#live-say[role=status]", Cancelled));
    }

    [Fact]
    public async Task An_answer_that_failed_is_asked_for_again()
    {
        await RunningAsync(11);
        await using var page = await browser.OpenAsync(Cancelled);
        await world.SignInAsync(page, await world.OperatorAsync("another-reader", OperatorRole.Viewer));
        await page.GoAsync(new Uri(world.Address, "/runs/11"), Cancelled);
        await page.EvaluateAsync(
            """
            const real = window.fetch;
            window.failed = 0;
            window.fetch = (...all) => ++window.failed < 3 ? Promise.resolve(new Response("", {status: 503})) : real(...all);
            """, Cancelled);
        await world.ExecuteAsync("UPDATE job_run SET state = 'succeeded', finished_at = UTC_TIMESTAMP() WHERE run_id = 11");

        await page.WaitAsync("document.querySelector('#run dd .state').classList.contains('succeeded')", Cancelled);
        await page.WaitAsync("window.failed >= 3", Cancelled);
    }

    [Fact]
    public async Task A_hidden_page_holds_no_stream_and_one_whose_session_has_ended_says_so()
    {
        await RunningAsync(12);
        var who = await world.OperatorAsync("a-third-reader", OperatorRole.Viewer);
        await using var page = await browser.OpenAsync(Cancelled);
        await world.SignInAsync(page, who);
        await page.BeforeAsync(
            """
            const Real = window.EventSource;
            window.streams = [];
            window.EventSource = function (address) { const stream = new Real(address); window.streams.push(stream); return stream; };
            window.open = () => window.streams.filter(stream => stream.readyState === 1).length;
            window.seen = hidden => { Object.defineProperty(document, "hidden", {value: hidden, configurable: true}); document.dispatchEvent(new Event("visibilitychange")); };
            """, Cancelled);
        await page.GoAsync(new Uri(world.Address, "/runs/12"), Cancelled);
        await page.WaitAsync("window.open() === 1", Cancelled);
        await page.EvaluateAsync("seen(true)", Cancelled);
        await page.WaitAsync("window.open() === 0", Cancelled);
        await world.ExecuteAsync("UPDATE job_run SET step = 'while hidden', heartbeat_at = UTC_TIMESTAMP(3) WHERE run_id = 12");
        await page.EvaluateAsync("seen(false)", Cancelled);
        await page.WaitAsync("document.querySelector('#run').innerText.includes('while hidden') && window.open() === 1", Cancelled);
        Assert.Equal("", await page.TextAsync("#live-state", Cancelled));

        await world.ExecuteAsync("DELETE FROM operator_session WHERE operator_id = @Id; UPDATE job_run SET step = 'nobody sees', heartbeat_at = UTC_TIMESTAMP(3) WHERE run_id = 12", new { who.Id });
        await page.WaitAsync("document.getElementById('live-state').innerText.includes('your session has ended')", Cancelled);
        await page.WaitAsync("window.open() === 0", Cancelled);
        Assert.DoesNotContain("nobody sees", await page.TextAsync("#run", Cancelled));
    }

    private Task<int> RunningAsync(long run) => world.ExecuteAsync(
        """
        INSERT INTO job_run (run_id, job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, parameters, metrics, requested_by)
        VALUES (@run, 'popularity', '2026-01-02' + INTERVAL @run HOUR, 1, 'running', 0, 'test', UTC_TIMESTAMP() + INTERVAL 1 HOUR, UTC_TIMESTAMP(), UTC_TIMESTAMP(), '{}', '{}', 'test')
        """, new { run });

    /// <summary>Somebody who listens to a feed.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _left = new();
        private readonly StreamReader _reader;
        private readonly Task _sending;

        public Listener(LiveFeed feed, string address)
        {
            var pipe = new Pipe();
            var context = new DefaultHttpContext { RequestAborted = _left.Token, Response = { Body = pipe.Writer.AsStream() } };
            context.Request.QueryString = new QueryString(address.Contains('?') ? address[address.IndexOf('?')..] : "");
            _sending = feed.SendAsync(context);
            _reader = new StreamReader(pipe.Reader.AsStream());
        }

        /// <summary>The next event that says that something has changed.</summary>
        public async Task<string> NextAsync()
        {
            while (await _reader.ReadLineAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Cancelled) is { } line)
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    return line;
            throw new EndOfStreamException("the feed ended");
        }

        public async ValueTask DisposeAsync()
        {
            await _left.CancelAsync();
            await _sending;
            _reader.Dispose();
            _left.Dispose();
        }
    }
}
