using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using MySqlConnector;
using Pipeline.Storage.Events;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>
/// A worker that is killed in the middle of a run, as people see it on another worker's pages. The run is an erasure that waits for a row which
/// the test holds, so that it is certain to be live; what it left half done the other worker has to finish.
/// </summary>
[Trait("speed", "server")]
public sealed class KilledHostTests
{
    private const long Member = 42;

    /// <summary>What the documentation promises, from the last heartbeat on.</summary>
    private const long MostSeconds = 75;

    /// <summary>Of them, what is left for noticing that the way is free, which takes a second: the rest is for a machine that is busy with other things.</summary>
    private const long SecondsToNotice = 15;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_says_lost_with_the_last_heartbeat_and_another_worker_finishes_the_run()
    {
        var place = await JobsPlace.CreateAsync();
        await Watching.FillAsync(place.Mongo, Cancelled);
        await using var dying = await JobsProcess.StartAsync(place, JobsProcess.FreeAddress(), Cancelled);
        await ExecuteAsync(place, "INSERT INTO generation (generation_id, scope, run_id, fencing_token, state, lists, created_at) VALUES (1, 'global', 0, 0, 'published', 1, UTC_TIMESTAMP(3))");
        await ExecuteAsync(place, $"INSERT INTO recommendation VALUES (1, {Member}, '[]')");
        await using var holder = new MySqlConnection(place.MySql);
        await holder.OpenAsync(Cancelled);
        await using var held = await holder.BeginTransactionAsync(Cancelled);
        await holder.ExecuteAsync("SELECT * FROM recommendation WHERE user_id = @Member AND generation_id = 1 FOR UPDATE", new { Member }, held);

        using var admin = await EnrolAsync(place, dying.Http, "ada");
        using var asked = await admin.Visitor.PostAsync("/erasures", "/erasures", ("member", $"{Member}"), ("code", admin.RecoveryCode));
        Assert.StartsWith("/erasures/", asked.Headers.Location?.ToString(), StringComparison.Ordinal);
        await UntilAsync(place, dying, "SELECT COUNT(*) FROM job_run WHERE job = 'erase-member' AND state = 'running' AND step = 'deleting lists'");
        Assert.Equal(0, await new MongoEventStore(DocumentDatabase.Open(place.Mongo)).ReadUserAsync(Member, Cancelled).CountAsync(Cancelled));
        // It stands by while the other one works, as a second worker does.
        await using var heir = await JobsProcess.StartAsync(place, JobsProcess.FreeAddress(), Cancelled);
        await dying.KillAsync();
        // Leases are the only things of the dead worker that keep others away, and the database's clock says when they end.
        long keptFor = await ScalarAsync(
            place,
            """
            SELECT COALESCE(CEILING(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), GREATEST(MAX(entry.available_at), MAX(run.lease_until))) / 1e6), 1e6)
              FROM hangfire_queue_entry AS entry, job_run AS run
             WHERE entry.fetched_at IS NOT NULL AND run.job = 'erase-member'
            """);
        Assert.True(keptFor <= MostSeconds - SecondsToNotice, $"nobody else gets the run for {keptFor} s");
        long leaseEnd = await ScalarAsync(place, "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', lease_until) FROM job_run WHERE job = 'erase-member'");
        await held.RollbackAsync(Cancelled);
        using var inside = new Visitor(heir.Http, null);
        inside.Cookies[Visitor.SessionCookie] = admin.Visitor.Cookies[Visitor.SessionCookie];
        long run = await ScalarAsync(place, "SELECT run_id FROM job_run WHERE job = 'erase-member'");
        string page = await PageAsync(inside, $"/runs/{run}", heir, text => text.Contains("class=\"state lost\"", StringComparison.Ordinal));
        Assert.Contains("Last heartbeat", page);

        await UntilAsync(place, heir, "SELECT COUNT(*) FROM erasure WHERE completed_at IS NOT NULL");
        await UntilAsync(place, heir, "SELECT COUNT(*) FROM job_run WHERE job = 'erase-member' AND state = 'succeeded' AND attempt = 2");

        string history = await inside.PageAsync($"/runs/{run}");
        Assert.Contains("no heartbeat from", history);
        Assert.Contains("lost", history);
        Assert.Contains("succeeded", history);
        Assert.Equal(1, await ScalarAsync(place, "SELECT COUNT(*) FROM job_run WHERE job = 'erase-member'"));
        Assert.Equal(0, await ScalarAsync(place, $"SELECT COUNT(*) FROM recommendation WHERE user_id = {Member}"));
        Assert.Equal(0, await ScalarAsync(place, "SELECT COUNT(*) FROM erasure WHERE user_id IS NOT NULL OR events = 0 OR lists <> 1"));
        long takenAt = await ScalarAsync(place, "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', happened_at) FROM job_run_event WHERE state = 'running' AND attempt = 2");
        Assert.True(takenAt > leaseEnd, "the run was taken from a worker that might have lived");
        long seconds = await ScalarAsync(
            place,
            """
            SELECT TIMESTAMPDIFF(SECOND, lost.heartbeat, again.happened_at)
              FROM (SELECT CAST(SUBSTRING_INDEX(reason, ' since ', -1) AS DATETIME(3)) AS heartbeat FROM job_run_event WHERE state = 'lost') AS lost,
                   (SELECT happened_at FROM job_run_event WHERE state = 'running' AND attempt = 2) AS again
            """);
        Assert.InRange(seconds, 0, MostSeconds);
    }

    private static async Task<Enrolled> EnrolAsync(JobsPlace place, Uri http, string name)
    {
        string link = await place.RunAsync(http, "operator", "add", name, "--role", "admin");
        var visitor = new Visitor(http, null);
        string path = new Uri(link).AbsolutePath;
        string page = await visitor.PageAsync(path);
        byte[] secret = Secret(page);
        using var enrolled = await visitor.PostAsync(path, path, ("password", DashboardWorld.Password), ("code", DashboardWorld.Code(secret)));
        string codes = await enrolled.Content.ReadAsStringAsync(Cancelled);
        var recovery = Regex.Matches(codes, "<code>([A-Z2-7]{5}-[A-Z2-7]{5})<").Select(match => match.Groups[1].Value).ToArray();
        using var signedIn = await visitor.SignInAsync(name, DashboardWorld.Password, recovery[0]);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        return new Enrolled(visitor, recovery[1]);
    }

    /// <summary>The secret that the page of enrolment spells out in groups of four letters.</summary>
    private static byte[] Secret(string page)
    {
        string letters = Regex.Match(page, "class=\"secret\"><code>([A-Z2-7 ]+)<").Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        Assert.NotEmpty(letters);
        return Base32Text.Decode(letters);
    }

    private static async Task<string> PageAsync(Visitor visitor, string path, JobsProcess worker, Predicate<string> wanted)
    {
        for (int attempt = 0; ; attempt++)
        {
            string page = await visitor.PageAsync(path);
            if (wanted(page))
                return page;
            Assert.True(attempt < 720, $"{worker.Said}\n{page}");
            await Task.Delay(250, Cancelled);
        }
    }

    private static async Task UntilAsync(JobsPlace place, JobsProcess worker, string count)
    {
        for (int attempt = 0; await ScalarAsync(place, count) == 0; attempt++)
        {
            Assert.True(attempt < 720, worker.Said);
            await Task.Delay(250, Cancelled);
        }
    }

    private static async Task<long> ScalarAsync(JobsPlace place, string sql)
    {
        await using var connection = new MySqlConnection(place.MySql);
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private static async Task ExecuteAsync(JobsPlace place, string sql)
    {
        await using var connection = new MySqlConnection(place.MySql);
        await connection.ExecuteAsync(sql);
    }

    private sealed record Enrolled(Visitor Visitor, string RecoveryCode) : IDisposable
    {
        public void Dispose() => Visitor.Dispose();
    }
}
