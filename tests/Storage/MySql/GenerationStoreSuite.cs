using Dapper;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.Tests.MySql;

public abstract class GenerationStoreSuite(Func<Task<Stores>> create) : IAsyncLifetime
{
    private const string Scope = GenerationStore.GlobalScope;

    private Stores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await create();

    // Null where the server is not installed and the tests are skipped.
    public ValueTask DisposeAsync() => _stores?.DisposeAsync() ?? default;

    private async Task<long> PublishAsync(RunLease lease)
    {
        long generation = await _stores.WriteGenerationAsync(lease);
        long? served = (await _stores.Generations.PointerAsync(Scope, Cancelled))?.GenerationId;
        Assert.True(await _stores.Generations.FlipAsync(Scope, generation, served, 3, lease, Cancelled));
        return generation;
    }

    [Fact]
    public async Task The_pointer_moves_by_compare_and_set_and_remembers_the_one_before()
    {
        Assert.Null(await _stores.Generations.PointerAsync(Scope, Cancelled));
        long first = await PublishAsync(await _stores.OpenRunAsync("a"));
        long second = await PublishAsync(await _stores.OpenRunAsync("b"));

        var pointer = await _stores.Generations.PointerAsync(Scope, Cancelled);
        Assert.Equal((second, first), (pointer?.GenerationId, pointer?.PreviousGenerationId));
    }

    [Fact]
    public async Task A_flip_that_expects_another_generation_changes_nothing()
    {
        long served = await PublishAsync(await _stores.OpenRunAsync("a"));
        var lease = await _stores.OpenRunAsync("b");
        long generation = await _stores.WriteGenerationAsync(lease);

        Assert.False(await _stores.Generations.FlipAsync(Scope, generation, served + 100, 3, lease, Cancelled));
        Assert.False(await _stores.Generations.FlipAsync(Scope, generation, null, 3, lease, Cancelled));
        Assert.Equal(served, (await _stores.Generations.PointerAsync(Scope, Cancelled))?.GenerationId);
    }

    [Fact]
    public async Task A_run_that_started_earlier_cannot_publish_over_a_later_one()
    {
        var early = await _stores.OpenRunAsync("early");
        var late = await _stores.OpenRunAsync("late");
        long served = await PublishAsync(late);
        long generation = await _stores.WriteGenerationAsync(early);

        Assert.False(await _stores.Generations.FlipAsync(Scope, generation, served, 3, early, Cancelled));
    }

    [Fact]
    public async Task A_flip_repeated_after_a_lost_connection_succeeds_again()
    {
        var lease = await _stores.OpenRunAsync();
        long generation = await PublishAsync(lease);

        Assert.True(await _stores.Generations.FlipAsync(Scope, generation, null, 3, lease, Cancelled));
        Assert.True(await _stores.Generations.FlipAsync(Scope, generation, generation - 1, 3, lease, Cancelled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lists_come_back_as_written_with_and_without_load_data(bool localInfile)
    {
        var lists = Enumerable.Range(1, 2_500)
            .Select(user => new RecommendationList(user, [new(user * 3L, 0.875, new("because_you_watched", 77)), new(5, 0.25, new("popular")), new(6, -1e-7, null)]))
            .ToArray();
        long generation = await _stores.Generations.CreateAsync(Scope, await _stores.OpenRunAsync(), null, Cancelled);
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        bool allowed = await connection.ExecuteScalarAsync<bool>("SELECT @@local_infile");
        Assert.SkipWhen(localInfile && !allowed, "the server does not allow LOAD DATA LOCAL");

        // The same batch twice: a commit whose answer was lost is repeated.
        var store = localInfile ? _stores.Generations : new GenerationStore(_stores.Database) { UseLoadData = false };
        await store.WriteAsync(generation, lists, Cancelled);
        await store.WriteAsync(generation, lists, Cancelled);

        var read = new List<RecommendationList>();
        await foreach (var list in store.ReadAsync(generation, Cancelled))
            read.Add(list);
        Assert.Equal(lists.Select(list => list.UserId), read.Select(list => list.UserId));
        Assert.Equal(lists.SelectMany(list => list.Items), read.SelectMany(list => list.Items));
    }

    [Fact]
    public async Task Pruning_keeps_five_and_never_takes_the_served_the_previous_or_one_being_written()
    {
        var generations = new List<long>();
        for (int i = 0; i < 8; i++)
            generations.Add(await PublishAsync(await _stores.OpenRunAsync($"run-{i}")));
        // As after a way back: the oldest is served, the one after it was served before.
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync(
            "UPDATE serving_pointer SET generation_id = @served, previous_generation_id = @previous", new { served = generations[0], previous = generations[1] });
        await _stores.WriteGenerationAsync(await _stores.OpenRunAsync("alive"));
        var dead = await _stores.OpenRunAsync("dead");
        long abandoned = await _stores.WriteGenerationAsync(dead);
        await _stores.Runs.FinishAsync(dead, RunState.Failed, "killed", "{}", Cancelled);

        Assert.Equal([generations[2], abandoned], await _stores.Pruning.FindAsync(Cancelled));
    }
}
