using Pipeline.Browser;
using Pipeline.Dashboard.Tests.Browser;
using Pipeline.JobStorage;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Pages;

/// <summary>Hangfire's own pages over our job storage, with ten thousand jobs in it.</summary>
[Trait("speed", "server")]
public sealed class HangfirePagesTests(CrowdedWorld world, SharedBrowser browser) : IClassFixture<CrowdedWorld>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_shows_the_right_numbers()
    {
        Assert.Equal(10_000, CrowdedWorld.States.Sum(state => state.Jobs));
        using var visitor = await world.InsideAsync(await world.OperatorAsync("a-viewer", OperatorRole.Viewer));

        int first = CrowdedWorld.First;
        foreach (var (state, page, jobs) in CrowdedWorld.States)
        {
            string newest = await visitor.PageAsync($"/hangfire/jobs/{page}?from=0&count=20");
            Assert.Contains($"Total items: {jobs}", newest);
            // A page from the middle, and its jobs' own pages.
            string middle = await visitor.PageAsync($"/hangfire/jobs/{page}?from={jobs / 2}&count=10");
            Assert.Contains("/jobs/details/", middle);
            string details = await visitor.PageAsync($"/hangfire/jobs/details/{first}");
            Assert.Contains("Console.WriteLine", details);
            Assert.Contains(state, details);
            first += jobs;
        }
        foreach (string page in (string[])["", "/jobs/enqueued", "/recurring", "/retries", "/servers", "/jobs/enqueued/fetched/crowded", "/?period=week"])
            Assert.Contains("</html>", await visitor.PageAsync($"/hangfire{page}"));
        Assert.Contains("crowded", await visitor.PageAsync("/hangfire/jobs/enqueued"));

        // There and back.
        Assert.Contains("href=\"/hangfire\"", await visitor.PageAsync("/jobs"));
        Assert.Contains("href=\"/\"", await visitor.PageAsync("/hangfire"));

        var statistics = world.Get<MySqlJobStorage>().GetMonitoringApi().GetStatistics();
        Assert.Equal((300, 400, 250, 3_000), (statistics.Enqueued, statistics.Scheduled, statistics.Processing, statistics.Failed));
        Assert.Equal(50, statistics.Awaiting);
    }

    [Fact]
    public async Task Every_page_opens_in_a_browser_with_the_right_numbers_and_no_error()
    {
        await using var page = await browser.OpenAsync(Cancelled);
        await world.SignInAsync(page, await world.OperatorAsync("a-reader", OperatorRole.Viewer));

        int first = CrowdedWorld.First;
        foreach (var (state, name, jobs) in CrowdedWorld.States)
        {
            await OpenAsync(page, $"/jobs/{name}?from=0&count=20");
            Assert.Contains($"Total items: {jobs}", await page.TextAsync("body", Cancelled));
            await OpenAsync(page, $"/jobs/{name}?from={jobs - 10}&count=10");
            Assert.Equal(10, (await page.EvaluateAsync("document.querySelectorAll('table tbody tr.js-jobs-list-row').length", Cancelled)).GetInt32());
            await OpenAsync(page, $"/jobs/details/{first}");
            Assert.Contains(state, await page.TextAsync("body", Cancelled));
            first += jobs;
        }
        foreach (string name in (string[])["/jobs/enqueued", "/recurring", "/retries", "/servers", "/jobs/enqueued/fetched/crowded", "/?period=week", "/"])
            await OpenAsync(page, name);
        // Hangfire's script keeps asking for the numbers, and shows them.
        int before = page.Complaints.Answers;
        await WaitForAnswerAsync(page, before);
        await OpenAsync(page, "/jobs/scheduled");
        foreach (var (metric, number) in ((string, string)[])[("scheduled:count", "400"), ("processing:count", "250"), ("awaiting:count", "50")])
            Assert.Equal(number, (await page.TextAsync($"[data-metric='{metric}']", Cancelled)).Trim());
        Assert.Equal([], page.Complaints.All);
    }

    private async Task OpenAsync(BrowserPage page, string path)
    {
        await page.GoAsync(new Uri(world.Address, $"/hangfire{path}"), Cancelled);
        await page.WaitAsync("window.Hangfire?.page", Cancelled);
    }

    private static async Task WaitForAnswerAsync(BrowserPage page, int after)
    {
        // As long as the test may run: how soon a busy machine answers is not what is asked.
        while (page.Complaints.Answers <= after)
            await Task.Delay(100, Cancelled);
    }
}
