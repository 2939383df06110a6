using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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

    /// <summary>An ingest worker that says so of itself.</summary>
    internal static async Task<WebApplication> WorkerAsync(Func<string> metrics)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/metrics", () => metrics());
        await app.StartAsync(Cancelled);
        return app;
    }
}
