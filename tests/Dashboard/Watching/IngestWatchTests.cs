using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Dashboard.Watching;

namespace Pipeline.Dashboard.Tests.Watching;

[Trait("speed", "fast")]
public sealed class IngestWatchTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Samples_are_read_with_their_labels_and_everything_else_is_passed_over()
    {
        var samples = PrometheusText.Read("# HELP x y\nplain 3\nlag{partition=\"1\",b=\"a,\\\"}\"} 4.5 1700000000\nnonsense\nbad{a=\"b\"} x\n").ToList();

        Assert.Equal([("plain", 3d), ("lag", 4.5)], samples.Select(sample => (sample.Name, sample.Value)));
        Assert.Equal(("1", "a,\"}"), (samples[1].Labels["partition"], samples[1].Labels["b"]));
    }

    [Fact]
    public async Task Workers_are_summed_rates_are_of_the_last_minute_and_a_silent_one_is_named()
    {
        int stored = 0;
        await using var one = await WorkerAsync(() => $"ingest_lag{{partition=\"0\"}} 5\ningest_events_total{{outcome=\"stored\"}} {stored}\n");
        await using var two = await WorkerAsync(() => "ingest_lag{partition=\"1\"} 7\ningest_events_total{outcome=\"stored\"} 1000\ningest_paused 1\n");
        var clock = new FakeTimeProvider();
        using var watch = new IngestWatch(
            new DashboardSettings { IngestWorkers = [new Uri(one.Urls.Single()), new Uri(two.Urls.Single()), new Uri("http://127.0.0.1:1")] }, clock);

        await watch.LookAsync(Cancelled);
        Assert.Null(watch.Rate("stored"));
        stored = 500;
        clock.Advance(TimeSpan.FromSeconds(10));
        await watch.LookAsync(Cancelled);

        var sample = watch.Samples[^1];
        Assert.Equal((12L, true), (sample.TotalLag, sample.Paused));
        Assert.Equal(50, watch.Rate("stored"));
        Assert.Equal("127.0.0.1:1", Assert.Single(watch.Silent.Keys));

        stored = 0;
        clock.Advance(TimeSpan.FromSeconds(10));
        await watch.LookAsync(Cancelled);
        Assert.Null(IngestWatch.Rate(watch.Samples[^2], watch.Samples[^1], "stored"));
    }

    [Fact]
    public async Task A_worker_that_was_silent_for_a_while_makes_no_rate_of_what_it_did_before()
    {
        bool answers = true;
        await using var one = await WorkerAsync(() => "ingest_events_total{outcome=\"stored\"} 100\n");
        await using var two = await WorkerAsync(() => answers ? "ingest_events_total{outcome=\"stored\"} 1000000\n" : throw new InvalidOperationException("away"));
        var clock = new FakeTimeProvider();
        using var watch = new IngestWatch(new DashboardSettings { IngestWorkers = [new Uri(one.Urls.Single()), new Uri(two.Urls.Single())] }, clock);
        foreach (bool now in (bool[])[true, false, true])
        {
            answers = now;
            await watch.LookAsync(Cancelled);
            clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(0, watch.Rate("stored"));
        Assert.Equal(0, IngestWatch.Rate(watch.Samples[1], watch.Samples[2], "stored"));
        Assert.Equal(0, IngestWatch.Rate(watch.Samples[0], watch.Samples[1], "stored"));
    }

    [Fact]
    public async Task What_nobody_has_confirmed_for_half_a_minute_is_not_shown_as_if_it_were_so()
    {
        var worker = await WorkerAsync(() => "ingest_lag{partition=\"0\"} 5\ningest_events_total{outcome=\"stored\"} 7\n");
        var clock = new FakeTimeProvider();
        using var watch = new IngestWatch(new DashboardSettings { IngestWorkers = [new Uri(worker.Urls.Single())] }, clock);
        await watch.LookAsync(Cancelled);
        clock.Advance(TimeSpan.FromSeconds(3));
        await watch.LookAsync(Cancelled);
        var heard = watch.HeardAt;
        Assert.Equal((5L, 0d), (watch.Latest!.TotalLag, watch.Rate("stored")));

        await worker.DisposeAsync();
        clock.Advance(TimeSpan.FromSeconds(29));
        await watch.LookAsync(Cancelled);
        Assert.Single(watch.Silent);
        Assert.NotNull(watch.Latest);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(watch.Latest);
        Assert.Null(watch.Rate("stored"));
        Assert.Equal(heard, watch.HeardAt);
    }

    [Fact]
    public async Task An_hour_is_remembered_and_no_more_than_a_chart_can_show()
    {
        await using var worker = await WorkerAsync(() => "ingest_paused 0\n");
        var clock = new FakeTimeProvider();
        using var watch = new IngestWatch(new DashboardSettings { IngestWorkers = [new Uri(worker.Urls.Single())] }, clock);
        for (int sample = 0; sample < 1_300; sample++, clock.Advance(IngestWatch.Interval))
            await watch.LookAsync(Cancelled);

        Assert.InRange(watch.Samples.Count, 250, 400);
        Assert.InRange((watch.Samples[^1].At - watch.Samples[0].At).TotalMinutes, 59, 60);
    }

    /// <summary>An ingest worker that says so of itself.</summary>
    internal static async Task<WebApplication> WorkerAsync(Func<string> metrics, string health = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/metrics", () => metrics());
        app.MapGet("/health", () => health);
        await app.StartAsync(Cancelled);
        return app;
    }
}
