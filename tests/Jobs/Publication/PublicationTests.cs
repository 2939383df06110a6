using Dapper;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Tests.Publication;

[Trait("speed", "server")]
public sealed class PublicationTests : IAsyncLifetime
{
    private JobStores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await JobStores.CreateAsync();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private async Task<RunLease> OpenRunAsync(string job = "test") =>
        Assert.NotNull((await _stores.Runs.OpenAsync(new RunRequest(job, null, job, TimeSpan.FromMinutes(1), "{}", "a test"), Cancelled)).Lease);

    private static RecommendationList List(long member, params (long Content, double Score)[] items) =>
        new(member, [.. items.Select(item => new ListedItem(item.Content, item.Score, null))]);

    private async Task<string> RefusalAsync(IReadOnlyList<long> members, params RecommendationList[] lists)
    {
        var request = new PublicationRequest(await OpenRunAsync(), null, members, content => content < 100, lists);
        var refused = await Assert.ThrowsAsync<PublicationRefusedException>(
            () => _stores.Publisher.PublishAsync(request, (_, _) => Task.CompletedTask, _ => { }, Cancelled));
        Assert.Null(await _stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled));
        Assert.Null(await _stores.Cache.ServedGenerationAsync(Cancelled));
        return refused.Message;
    }

    [Fact]
    public async Task A_member_without_a_list_stops_the_publication() =>
        Assert.Contains("no list for member 2", await RefusalAsync([1, 2], List(1, (5, 1))));

    [Fact]
    public async Task A_list_of_a_stranger_stops_the_publication() =>
        Assert.Contains("member 3, who was not asked for", await RefusalAsync([1], List(1, (5, 1)), List(3, (5, 1))));

    [Fact]
    public async Task An_empty_list_stops_the_publication() =>
        Assert.Contains("the list is empty", await RefusalAsync([1], List(1)));

    [Fact]
    public async Task An_unknown_title_stops_the_publication() =>
        Assert.Contains("there is no title 100", await RefusalAsync([1], List(1, (5, 1), (100, 0.5))));

    [Fact]
    public async Task A_title_that_stands_twice_stops_the_publication() =>
        Assert.Contains("title 5 stands twice", await RefusalAsync([1], List(1, (5, 1), (5, 0.5))));

    [Fact]
    public async Task A_list_out_of_order_stops_the_publication() =>
        Assert.Contains("place 2 is out of order", await RefusalAsync([1], List(1, (5, 0.5), (6, 1))));

    [Fact]
    public async Task A_title_that_a_member_may_not_be_shown_stops_the_publication()
    {
        var request = new PublicationRequest(await OpenRunAsync(), null, [1, 2], _ => true, [List(1, (5, 1)), List(2, (5, 1))])
        {
            ReasonAgainst = (member, content) => member == 2 && content == 5 ? "Region" : null,
        };
        var refused = await Assert.ThrowsAsync<PublicationRefusedException>(
            () => _stores.Publisher.PublishAsync(request, (_, _) => Task.CompletedTask, _ => { }, Cancelled));
        Assert.Contains("member 2: title 5 may not be shown to the member (Region)", refused.Message);
        Assert.Null(await _stores.Cache.ServedGenerationAsync(Cancelled));
    }

    [Fact]
    public async Task A_publication_for_nobody_is_refused() => Assert.Contains("nobody to publish for", await RefusalAsync([]));

    [Fact]
    public async Task The_steps_are_reported_in_their_order()
    {
        var steps = new List<PublicationStep>();
        var report = await _stores.RunAsync(
            new StampedJob(_stores.Publisher, 1, (step, _) =>
            {
                steps.Add(step);
                return Task.CompletedTask;
            }),
            StampedJob.NoParameters);

        Assert.Equal(RunEnd.Succeeded, report.End);
        Assert.Equal(Enum.GetValues<PublicationStep>(), steps);
    }

    [Fact]
    public async Task Old_generations_leave_MySql_and_Redis_in_passes()
    {
        for (int stamp = 1; stamp <= GenerationPruning.Keep + 1; stamp++)
            await _stores.RunAsync(new StampedJob(_stores.Publisher, stamp), StampedJob.NoParameters);

        // More members than a pass takes rows.
        Assert.True(StampedLists.Members > GenerationPruning.RowsPerPass);
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        var kept = (await connection.QueryAsync<long>("SELECT DISTINCT generation_id FROM recommendation ORDER BY generation_id")).AsList();
        Assert.Equal(GenerationPruning.Keep, kept.Count);
        Assert.Equal(["pruned"], await connection.QueryAsync<string>("SELECT state FROM generation WHERE generation_id < @first", new { first = kept[0] }));
        Assert.Null(await _stores.Cache.FindListAsync(kept[0] - 1, StampedLists.Members, Cancelled));
        Assert.NotNull(await _stores.Cache.FindListAsync(kept[0], StampedLists.Members, Cancelled));
    }

    [Fact]
    public async Task A_redis_that_lost_everything_is_filled_from_MySql()
    {
        await _stores.RunAsync(new StampedJob(_stores.Publisher, 1), StampedJob.NoParameters);
        var lease = await OpenRunAsync();
        await _stores.Popularity.WriteAsync(lease, [new PopularityRow("24h", "KR", 1, 7, 1, 1, 1, 1)], Cancelled);
        long generation = (await _stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled))!.GenerationId;
        await using var fresh = new JobStores(_stores.MySqlAddress, await Servers.TestServers.RedisAsync());

        Assert.Equal(3, await fresh.Reconciler.RunAsync(Cancelled));
        Assert.Equal(0, await fresh.Reconciler.RunAsync(Cancelled));

        Assert.Equal(generation, await fresh.Cache.ServedGenerationAsync(Cancelled));
        Assert.Equal(StampedLists.Length, (await fresh.Cache.FindListAsync(generation, 17, Cancelled))!.Count);
        Assert.Equal([7], await fresh.Cache.FindPopularAsync("KR", "24h", Cancelled));
    }

    [Fact]
    public async Task A_region_keeps_the_generation_that_it_is_pinned_to_until_it_is_let_go()
    {
        long pinned = await PublishAsync(1);
        Assert.Equal(RunEnd.Succeeded, (await RollBackAsync($"generation={pinned}", "scope=KR")).End);
        Assert.Equal(RunEnd.Skipped, (await RollBackAsync($"generation={pinned}", "scope=KR")).End);
        for (int stamp = 2; stamp <= GenerationPruning.Keep + 2; stamp++)
            await PublishAsync(stamp);
        long global = await _stores.Cache.ServedGenerationAsync(Cancelled) ?? 0;

        Assert.NotEqual(pinned, global);
        Assert.Equal(pinned, (await _stores.Generations.PointerAsync("KR", Cancelled))!.GenerationId);
        var korean = await _stores.Reader.ReadAsync(17, "KR", Cancelled);
        Assert.Equal(((long?)pinned, StampedLists.Length), (korean.Generation, korean.Items.Count));
        Assert.Equal(global, (await _stores.Reader.ReadAsync(17, "JP", Cancelled)).Generation);

        Assert.Equal(RunEnd.Succeeded, (await RollBackAsync("generation=0", "scope=KR")).End);
        Assert.Equal((RunEnd.Skipped, "region KR is not pinned"), await RollBackAsync("generation=0", "scope=KR") is var again ? (again.End, again.Reason) : default);
        Assert.Equal(global, (await _stores.Reader.ReadAsync(17, "KR", Cancelled)).Generation);
        Assert.Equal(RunEnd.Failed, (await RollBackAsync("generation=0")).End);
        Assert.Throws<UsageException>(() => JobCatalogue.Read(RollBackJob.JobName, ["generation=1", "scope=Korea"]));
        await PublishAsync(99);
        Assert.Equal(RunEnd.Failed, (await RollBackAsync($"generation={pinned}", "scope=KR")).End);

        async Task<long> PublishAsync(int stamp)
        {
            await _stores.RunAsync(new StampedJob(_stores.Publisher, stamp), StampedJob.NoParameters);
            return (await _stores.Generations.PointerAsync(GenerationStore.GlobalScope, Cancelled))!.GenerationId;
        }

        Task<RunReport> RollBackAsync(params string[] settings) => _stores.RunAsync(_stores.RollBack, JobCatalogue.Read(RollBackJob.JobName, settings));
    }
}
