using System.Diagnostics;
using Hangfire;
using Hangfire.States;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>The database server is killed while workers work, and started again.</summary>
[Trait("speed", "server")]
public sealed class ServerRestartTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Flavour.MySql)]
    [InlineData(Flavour.MariaDb)]
    public async Task A_server_that_is_killed_and_started_again_loses_no_job(Flavour flavour)
    {
        var cancelled = TestContext.Current.CancellationToken;
        int jobs = Scale.Jobs / 2;
        await using var server = await PrivateServer.CreateAsync(flavour, cancelled);
        string address = server.Address;
        var ledger = new Ledger(address);
        await ledger.CreateAsync();
        using var storage = new MySqlJobStorage(address);
        var client = new BackgroundJobClient(storage);
        for (int number = 0; number < jobs; number++)
        {
            int job = number;
            client.Create(() => ChaosJobs.Work(job, 20, null!, CancellationToken.None), new EnqueuedState());
        }
        await using var one = WorkerProcess.Start(new WorkerOrder(address, address, "one") { Lease = TimeSpan.FromSeconds(3) });
        await using var two = WorkerProcess.Start(new WorkerOrder(address, address, "two") { Lease = TimeSpan.FromSeconds(3) });
        var patience = Stopwatch.StartNew();
        while (await ledger.EffectsAsync() < jobs / 3)
            await PauseAsync();

        await server.KillAsync();
        await server.StartAsync();

        while (await ledger.EffectsAsync() < jobs || storage.GetMonitoringApi().GetStatistics() is { Enqueued: > 0 } or { Processing: > 0 } or { Scheduled: > 0 })
            await PauseAsync();
        output.WriteLine($"{jobs} jobs, {await ledger.ExecutionsAsync() - jobs} executions repeated");
        Assert.Equal(jobs, await ledger.ExecutedAsync());
        Assert.Equal(0, storage.GetMonitoringApi().FailedCount());

        async Task PauseAsync()
        {
            Assert.True(patience.Elapsed < Scale.Patience, $"{await ledger.EffectsAsync()} of {jobs} after {patience.Elapsed} on {flavour}");
            await Task.Delay(200, cancelled);
        }
    }
}
