using System.Diagnostics;
using System.Globalization;
using Dapper;
using Hangfire.Common;
using Hangfire.Storage;
using Pipeline.Jobs.Popularity;
using Pipeline.JobStorage;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Tests.Hosting;

/// <summary>Two job hosts at once, as real processes on one database.</summary>
[Trait("speed", "server")]
public sealed class TwoHostsTests(ITestOutputHelper output)
{
    /// <summary>The host's own is a minute; a sixth of it shows the same.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_time_of_the_timetable_is_run_once_by_one_of_them()
    {
        await using var stores = await OnceAYearAsync();
        await using var one = await HostProcess.StartAsync(stores, forEver: false, Lease, Cancelled);
        await using var other = await HostProcess.StartAsync(stores, forEver: false, Lease, Cancelled);
        using var storage = new MySqlJobStorage(stores.MySqlAddress);

        MakeDue(storage);
        await UntilAsync(stores, "SELECT COUNT(*) FROM job_run WHERE state = 'succeeded'", 1);
        // Both look every fifteen seconds: each has looked once more by now.
        await Task.Delay(TimeSpan.FromSeconds(18), Cancelled);

        Assert.Equal(1, await CountAsync(stores, "SELECT COUNT(*) FROM job_run"));
        Assert.Equal(1, storage.GetMonitoringApi().SucceededListCount());
        Assert.Equal(2, storage.GetMonitoringApi().Servers().Count);
    }

    [Fact]
    public async Task What_a_killed_host_was_running_another_runs_again()
    {
        await using var stores = await OnceAYearAsync();
        using var storage = new MySqlJobStorage(stores.MySqlAddress);
        await using var dying = await HostProcess.StartAsync(stores, forEver: true, Lease, Cancelled);
        MakeDue(storage);
        await UntilAsync(stores, "SELECT COUNT(*) FROM job_run WHERE state = 'running'", 1);
        await using var heir = await HostProcess.StartAsync(stores, forEver: false, Lease, Cancelled);

        await dying.KillAsync();
        var dead = Stopwatch.StartNew();
        await UntilAsync(stores, "SELECT COUNT(*) FROM job_run WHERE state = 'succeeded' AND attempt = 2", 1);
        output.WriteLine($"taken over after {dead.Elapsed.TotalSeconds:F1} s with a lease of {Lease.TotalSeconds} s");
        Assert.Equal(1, await CountAsync(stores, "SELECT COUNT(*) FROM job_run"));
    }

    [Fact]
    public async Task What_a_stopping_host_was_running_another_runs_again_at_once()
    {
        await using var stores = await OnceAYearAsync();
        using var storage = new MySqlJobStorage(stores.MySqlAddress);
        await using var leaving = await HostProcess.StartAsync(stores, forEver: true, TimeSpan.FromHours(1), Cancelled);
        MakeDue(storage);
        await UntilAsync(stores, "SELECT COUNT(*) FROM job_run WHERE state = 'running'", 1);
        await using var heir = await HostProcess.StartAsync(stores, forEver: false, TimeSpan.FromHours(1), Cancelled);

        await leaving.StopAsync(Cancelled);
        await UntilAsync(stores, "SELECT COUNT(*) FROM job_run WHERE state = 'succeeded' AND attempt = 2", 1);
    }

    /// <summary>Stores whose timetable waits for New Year: the hour's own time would come in the middle of a test now and then.</summary>
    private static async Task<JobStores> OnceAYearAsync()
    {
        var stores = await JobStores.CreateAsync();
        var schedules = new ScheduleStore(stores.Database);
        foreach (var entry in Timetable.Entries)
            await schedules.EnsureAsync(entry.Job, Cancelled);
        await using var connection = await stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync("UPDATE job_schedule SET cron = '0 0 1 1 *'");
        return stores;
    }

    /// <summary>Lets the timetable's time come now.</summary>
    private static void MakeDue(MySqlJobStorage storage)
    {
        using var connection = (JobStorageConnection)storage.GetConnection();
        // Further back than its last time was.
        var past = connection.GetUtcDateTime().AddYears(-2);
        using var transaction = connection.CreateWriteTransaction();
        transaction.SetRangeInHash($"recurring-job:{PopularityJob.JobName}", new Dictionary<string, string>
        {
            ["LastExecution"] = JobHelper.SerializeDateTime(past), ["NextExecution"] = JobHelper.SerializeDateTime(past.AddHours(1)),
        });
        transaction.AddToSet("recurring-jobs", PopularityJob.JobName, JobHelper.ToTimestamp(past));
        transaction.Commit();
    }

    private static async Task UntilAsync(JobStores stores, string count, long expected)
    {
        var patience = Stopwatch.StartNew();
        long found;
        while ((found = await CountAsync(stores, count)) != expected)
        {
            if (patience.Elapsed > TimeSpan.FromMinutes(3))
            {
                await using var connection = await stores.Database.OpenAsync(Cancelled);
                var rows = await connection.QueryAsync("SELECT * FROM job_run");
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{count}: {found} after {patience.Elapsed}; {string.Join('\n', rows)}"));
            }
            await Task.Delay(200, Cancelled);
        }
    }

    private static async Task<long> CountAsync(JobStores stores, string sql)
    {
        await using var connection = await stores.Database.OpenAsync(Cancelled);
        return await connection.ExecuteScalarAsync<long>(sql);
    }
}
