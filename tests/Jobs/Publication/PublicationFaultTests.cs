using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Servers;
using Pipeline.Services.Local;
using Pipeline.Storage.MySql.Generations;

namespace Pipeline.Jobs.Tests.Publication;

/// <summary>What readers see of a publication that goes wrong: the generation before, or the new one, whole.</summary>
[Trait("speed", "server")]
public sealed class PublicationFaultTests
{
    private static readonly DateTime Night = new(2026, 11, 22, 19, 30, 0, DateTimeKind.Utc);
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(4);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static async Task<RunReport> PublishAsync(
        JobStores stores, long stamp, DateTime? scheduledAt = null, Func<PublicationStep, CancellationToken, Task>? reached = null, Action<double>? progress = null)
    {
        var order = new RunOrder(scheduledAt, "a test", _ => { });
        return await stores.Ledger().RunAsync(new StampedJob(stores.Publisher, stamp, reached, progress), StampedJob.NoParameters, order, Cancelled);
    }

    /// <summary>The attempt after a dead one: refused as long as the dead one's lease lasts.</summary>
    private static async Task<RunReport> PublishAgainAsync(JobStores stores, long stamp)
    {
        while (true)
        {
            var report = await PublishAsync(stores, stamp, Night);
            if (report.End != RunEnd.Refused)
                return report;
            await Task.Delay(200, Cancelled);
        }
    }

    private static async Task<long> ServedStampAsync(JobStores stores)
    {
        var served = await stores.Reader.ReadAsync(1, "KR", Cancelled);
        return Assert.NotNull(StampedLists.StampOf(served.Items));
    }

    private static async Task AssertCacheEqualsMySqlAsync(JobStores stores)
    {
        long generation = (await stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled))!.GenerationId;
        Assert.Equal(generation, await stores.Cache.ServedGenerationAsync(Cancelled));
        var lists = await stores.Generations.ReadAsync(generation, Cancelled).ToArrayAsync(Cancelled);
        var cached = await Task.WhenAll(lists.Select(list => stores.Cache.FindListAsync(generation, list.UserId, Cancelled)));
        Assert.Equal(StampedLists.Members, lists.Length);
        Assert.All(lists.Zip(cached), pair => Assert.Equal(pair.First.Items.Select(item => item.ContentId), pair.Second));
    }

    [Theory]
    [InlineData(PublicationStep.GenerationOpened)]
    [InlineData(PublicationStep.RowsWritten)]
    [InlineData(PublicationStep.RowsChecked)]
    [InlineData(PublicationStep.CacheFilled)]
    [InlineData(PublicationStep.PointerMoved)]
    [InlineData(PublicationStep.CachePointerMoved)]
    [InlineData(PublicationStep.Pruned)]
    public async Task A_publisher_killed_after_any_step_leaves_whole_generations_and_is_resumed(PublicationStep last)
    {
        await using var stores = await JobStores.CreateAsync();
        Assert.Equal(RunEnd.Succeeded, (await PublishAsync(stores, stamp: 1)).End);
        await using var readers = new ConcurrentReaders(stores.Reader);

        await using var publisher = PublisherProcess.Start(stores, stamp: 2, Night, ShortLease);
        await publisher.WaitForAsync(last, Cancelled);
        await publisher.KillAsync();

        await stores.Reconciler.RunAsync(Cancelled);
        Assert.Equal(last >= PublicationStep.PointerMoved ? 2 : 1, await ServedStampAsync(stores));
        await AssertCacheEqualsMySqlAsync(stores);

        var resumed = await PublishAgainAsync(stores, stamp: 3);
        Assert.Equal((RunEnd.Succeeded, 2), (resumed.End, resumed.Attempt));
        Assert.Equal(3, await ServedStampAsync(stores));
        await AssertCacheEqualsMySqlAsync(stores);
        await readers.AssertAllWholeAsync();
    }

    [Fact]
    public async Task A_publisher_that_slept_past_its_lease_cannot_publish()
    {
        await using var stores = await JobStores.CreateAsync();
        await PublishAsync(stores, stamp: 1);
        await using var zombie = PublisherProcess.Start(stores, stamp: 2, Night, ShortLease);
        await zombie.WaitForAsync(PublicationStep.CacheFilled, Cancelled);
        await zombie.SignalAsync("STOP");

        Assert.Equal(RunEnd.Succeeded, (await PublishAgainAsync(stores, stamp: 3)).End);
        await zombie.SignalAsync("CONT");
        await zombie.GoOnAsync();

        Assert.Equal(nameof(RunEnd.Lost), await zombie.ReadAsync(Cancelled));
        Assert.Equal(3, await ServedStampAsync(stores));
        await AssertCacheEqualsMySqlAsync(stores);
    }

    [Fact]
    public async Task Servers_killed_and_started_again_during_a_publication_do_not_show()
    {
        await using var servers = await TestServers.PrivateAsync(Server.MySql, Server.Redis);
        await using var stores = new JobStores(servers.Addresses.MySql!, servers.Addresses.Redis!);
        await stores.MigrateAsync();
        await PublishAsync(stores, stamp: 1);
        await using var readers = new ConcurrentReaders(stores.Reader);
        Task? restarting = null;

        var report = await PublishAsync(
            stores, stamp: 2,
            reached: (step, _) => step switch
            {
                PublicationStep.RowsWritten => RestartAgainAsync(),
                PublicationStep.CacheFilled => RestartAsync(LocalServer.Redis),
                _ => Task.CompletedTask,
            },
            // In the middle of the rows, behind the publisher's back.
            progress: _ => restarting ??= RestartAsync(LocalServer.MySql));
        await restarting!;

        Assert.Equal(RunEnd.Succeeded, report.End);
        await stores.Reconciler.RunAsync(Cancelled);
        Assert.Equal(2, await ServedStampAsync(stores));
        await AssertCacheEqualsMySqlAsync(stores);
        await readers.AssertAllWholeAsync();

        // Two restarts of one server at once would be the test's fault, and not the server's.
        async Task RestartAgainAsync()
        {
            await restarting!;
            await RestartAsync(LocalServer.MySql);
        }

        async Task RestartAsync(LocalServer server)
        {
            await servers.KillAsync(server);
            await servers.StartAsync(server, Cancelled);
        }
    }
}
