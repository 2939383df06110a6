using Pipeline.Browser;
using Pipeline.Storage.MySql.Operators;

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
}
