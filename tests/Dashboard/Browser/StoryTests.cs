using System.Text.RegularExpressions;
using Dapper;
using MySqlConnector;
using Pipeline.Browser;
using StackExchange.Redis;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>An operator's day in a real browser, with a worker as people start it and real servers behind it.</summary>
[Trait("speed", "server")]
public sealed partial class StoryTests(SharedBrowser browser)
{
    private const string Password = "a sentence is a good password";
    private const string Train = "/jobs/train-recommendations/run";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enrol_pause_retrain_cancel_compare_promote_roll_back_and_find_it_all_in_the_audit()
    {
        var place = await JobsPlace.CreateAsync();
        await Watching.FillAsync(place.Mongo, Cancelled);
        await using var worker = await JobsProcess.StartAsync(place, JobsProcess.FreeAddress(), Cancelled);
        await using var page = await browser.OpenAsync(Cancelled);
        var day = new Day(place, worker, page);

        await day.EnrolAsync(await place.RunAsync(worker.Http, "operator", "add", "ada", "--role", "admin"));
        await day.SignInAsync();
        // Its next time comes while everything else is done.
        await day.PauseAsync("popularity");

        // Retrain with changed parameters; the open page follows without being loaded again.
        await day.StartAsync(("algorithm", "ials"), ("rank", "8"));
        string first = await day.FollowRunAsync("succeeded");
        Assert.Contains("is registered, not published, as was asked", first);
        Assert.Equal(0, await day.ServedAsync());
        await day.PromoteAsync(model: 1);
        await day.EventuallyAsync(async () => await day.ServedAsync() != 0);
        long champion = await day.ServedAsync();
        await day.StartAsync(("algorithm", "ials"), ("rank", "8"), ("max-calibration", "0"));
        string second = await day.FollowRunAsync("succeeded");
        Assert.Equal(champion, await day.ServedAsync());

        await day.StartAsync(("algorithm", "ials"), ("rank", "512"), ("iterations", "1000"));
        await day.CancelRunAsync();

        await day.CompareAsync();
        long before = await day.ServedAsync();
        await day.PromoteAsync(model: 2);
        await day.EventuallyAsync(async () => await day.ServedAsync() != before);
        long promoted = await day.ServedAsync();
        // Redis follows MySQL.
        await day.EventuallyAsync(async () => await day.ServedByCacheAsync() == $"{promoted}");
        // As the product's API reads it.
        Assert.Contains($"generation {promoted}", await place.RunAsync(worker.Http, "recommend", "1"));

        await day.RollBackAsync(before);
        await day.EventuallyAsync(async () => await day.ServedByCacheAsync() == $"{before}");
        Assert.Contains($"generation {before}", await place.RunAsync(worker.Http, "recommend", "1"));

        await day.SkippedAsync("popularity");
        await day.AuditAsync(
            "operator.enrol", "sign-in", "run.start", "rank=8 max-calibration=0", "run.cancel", "model.promote", "model 2", "generation.roll-back", $"generation {before}",
            "generation.flip", $"generation {promoted}, model 2",
            "schedule.change", "schedule.pause");
        Assert.NotEqual(first, second);
        Assert.StartsWith("the audit is whole", await place.RunAsync(worker.Http, "audit", "verify"), StringComparison.Ordinal);
    }

    /// <summary>What the operator does, step by step.</summary>
    private sealed partial class Day(JobsPlace place, JobsProcess worker, BrowserPage page)
    {
        private readonly Queue<string> _recovery = new();
        private byte[] _secret = [];

        public async Task EnrolAsync(string link)
        {
            await page.GoAsync(new Uri(link), Cancelled);
            _secret = Base32Text.Decode((await page.TextAsync(".secret", Cancelled)).Replace(" ", ""));
            // The code before is good too, and leaves the present one for the sign-in; where its time ran out meanwhile, there is another.
            for (int attempt = 0; attempt == 0 || (await page.TextAsync("main", Cancelled)).Contains("The code does not fit", StringComparison.Ordinal); attempt++)
            {
                Assert.True(attempt < 10, "no code fits");
                await page.FillAsync("input[name=password]", Password, Cancelled);
                await page.FillAsync("input[name=code]", DashboardWorld.SpentCode(_secret), Cancelled);
                await page.FollowAsync("main form button", Cancelled);
            }
            foreach (Match code in RecoveryCode().Matches(await page.TextAsync(".codes", Cancelled)))
                _recovery.Enqueue(code.Value);
            Assert.Equal(10, _recovery.Count);
        }

        public async Task SignInAsync()
        {
            await page.GoAsync(new Uri(worker.Http, "/"), Cancelled);
            await page.FillAsync("input[name=name]", "ada", Cancelled);
            await page.FillAsync("input[name=password]", Password, Cancelled);
            await page.FillAsync("input[name=code]", DashboardWorld.Code(_secret), Cancelled);
            await page.FollowAsync("main form button", Cancelled);
            await page.WaitAsync("document.querySelector('nav')", Cancelled);
        }

        public async Task StartAsync(params (string Name, string Value)[] parameters)
        {
            long last = await NewestRunAsync();
            await page.GoAsync(new Uri(worker.Http, Train), Cancelled);
            foreach (var (name, value) in parameters)
                await page.FillAsync($"input[name='set.{name}']", value, Cancelled);
            await page.FollowAsync("main form button", Cancelled);
            await EventuallyAsync(async () => await NewestRunAsync() > last);
            await page.GoAsync(new Uri(worker.Http, $"/runs/{await NewestRunAsync()}"), Cancelled);
            await page.EvaluateAsync("window.pipelineOpen = true", Cancelled);
        }

        /// <summary>Watches the page that is open until the run has ended so.</summary>
        public async Task<string> FollowRunAsync(string state)
        {
            await page.WaitAsync("document.querySelector('dd .state')", Cancelled);
            await page.WaitAsync($"document.querySelector('dd .state').classList.contains('{state}') || ['failed', 'skipped', 'lost'].some(s => document.querySelector('dd .state').classList.contains(s))", Cancelled);
            string text = await page.TextAsync("#run", Cancelled);
            Assert.Contains(state, await page.TextAsync("dd .state", Cancelled) + (text.Contains(state) ? "" : text));
            Assert.True((await page.EvaluateAsync("document.querySelectorAll('table.log tr').length", Cancelled)).GetInt32() > 0, "its log has come too");
            Assert.Equal("true", (await page.EvaluateAsync("`${window.pipelineOpen === true}`", Cancelled)).GetString());
            return text;
        }

        public async Task CancelRunAsync()
        {
            await page.WaitAsync("document.querySelector('dd .state')?.classList.contains('running')", Cancelled);
            await page.WaitAsync("document.querySelector('a[href$=\"/cancel\"]')", Cancelled);
            // It moves while it is watched: the step that it has come to.
            await page.WaitAsync("document.querySelector('#run').innerText.includes('training ')", Cancelled);
            Assert.Equal("true", (await page.EvaluateAsync("`${window.pipelineOpen === true}`", Cancelled)).GetString());
            await page.FollowAsync("a[href$='/cancel']", Cancelled);
            await page.FollowAsync("button.grave", Cancelled);
            await page.WaitAsync("document.querySelector('dd .state').classList.contains('cancelled')", Cancelled);
            Assert.Contains("cancelled by ada", await page.TextAsync("#run", Cancelled));
        }

        public async Task CompareAsync()
        {
            await page.GoAsync(new Uri(worker.Http, "/models"), Cancelled);
            await page.EvaluateAsync("document.querySelectorAll('input[name=id]').forEach(box => box.checked = true)", Cancelled);
            await page.FollowAsync("main form > button", Cancelled);
            string table = await page.TextAsync("table.compare", Cancelled);
            Assert.Contains("max-calibration", table);
            Assert.Contains("Model 2", table);
        }

        public async Task PromoteAsync(long model)
        {
            await page.GoAsync(new Uri(worker.Http, $"/models/{model}"), Cancelled);
            await page.FollowAsync($"a[href='/models/{model}/promote']", Cancelled);
            await ConfirmAsync();
        }

        public async Task RollBackAsync(long generation)
        {
            await page.GoAsync(new Uri(worker.Http, "/generations"), Cancelled);
            await page.FollowAsync($"a[href='/generations/{generation}/roll-back']", Cancelled);
            await ConfirmAsync();
        }

        public async Task PauseAsync(string job)
        {
            await page.GoAsync(new Uri(worker.Http, $"/jobs/{job}/schedule"), Cancelled);
            await page.FillAsync("#cron", "* * * * *", Cancelled);
            await page.FollowAsync("button[value=save]", Cancelled);
            await page.FollowAsync($"form[action='/jobs/{job}/pause'] button", Cancelled);
        }

        public async Task SkippedAsync(string job)
        {
            await page.GoAsync(new Uri(worker.Http, $"/runs?job={job}&state=skipped"), Cancelled);
            await page.WaitAsync("document.querySelector('#run-list').innerText.includes('paused by ada')", Cancelled);
        }

        public async Task AuditAsync(params string[] expected)
        {
            await page.GoAsync(new Uri(worker.Http, "/audit"), Cancelled);
            string text = await page.TextAsync("main", Cancelled);
            Assert.All(expected, entry => Assert.Contains(entry, text));
        }

        public Task<long> ServedAsync() => ScalarAsync("SELECT COALESCE(MAX(generation_id), 0) FROM serving_pointer WHERE scope = 'global'");

        public async Task<string?> ServedByCacheAsync()
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(place.Redis);
            return await redis.GetDatabase().StringGetAsync("serving:generation");
        }

        public async Task EventuallyAsync(Func<Task<bool>> condition)
        {
            for (int attempt = 0; !await condition(); attempt++)
            {
                Assert.True(attempt < 720, worker.Said);
                await Task.Delay(250, Cancelled);
            }
        }

        private async Task ConfirmAsync()
        {
            await page.FillAsync("input[name=code]", _recovery.Dequeue(), Cancelled);
            await page.FollowAsync("button.grave", Cancelled);
        }

        private Task<long> NewestRunAsync() => ScalarAsync("SELECT COALESCE(MAX(run_id), 0) FROM job_run WHERE job = 'train-recommendations'");

        private async Task<long> ScalarAsync(string sql)
        {
            await using var connection = new MySqlConnection(place.MySql);
            return await connection.ExecuteScalarAsync<long>(sql);
        }
    }

    [GeneratedRegex("[A-Z2-7]{5}-[A-Z2-7]{5}")]
    private static partial Regex RecoveryCode();
}
