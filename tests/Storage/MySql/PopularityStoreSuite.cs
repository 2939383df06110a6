using Dapper;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.Tests.MySql;

public abstract class PopularityStoreSuite(Func<Task<Stores>> create) : IAsyncLifetime
{
    private const string Contract = """
        SELECT content_id, rank_no, views, unique_viewers, hours_watched, score FROM popularity
         WHERE window_name = @window AND region = @region AND computed_at = (SELECT MAX(computed_at) FROM popularity WHERE window_name = @window AND region = @region) ORDER BY rank_no
        """;

    private Stores _stores = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stores = await create();

    // Null where the server is not installed and the tests are skipped.
    public ValueTask DisposeAsync() => _stores?.DisposeAsync() ?? default;

    private static PopularityRow[] Rows(long first) =>
        [new("24h", "KR", 1, first, 2.5, 2, 3.75, 1.5), new("24h", "KR", 2, first + 1, 1, 1, 1, 1), new("24h", "ALL", 1, first, 2.5, 2, 3.75, 1.5)];

    [Fact]
    public async Task The_contracts_query_sees_the_latest_computation_whole()
    {
        var lease = await _stores.OpenRunAsync();
        var first = await _stores.Popularity.WriteAsync(lease, Rows(10), Cancelled);
        var second = await _stores.Popularity.WriteAsync(lease, Rows(20), Cancelled);

        Assert.True(second > first);
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Equal(
            [(20L, 1, 2.5, 2L, 3.75, 1.5), (21L, 2, 1.0, 1L, 1.0, 1.0)],
            await connection.QueryAsync<(long, int, double, long, double, double)>(Contract, new { window = "24h", region = "KR" }));
        Assert.Equal(
            [("24h", "ALL", "20"), ("24h", "KR", "20 21")],
            (await _stores.Popularity.ServedAsync(Cancelled)).Select(titles => (titles.Window, titles.Region, string.Join(' ', titles.ContentIds))));
        Assert.Equal([(20L, 1.5), (21L, 1.0)], await _stores.Popularity.TopAsync("24h", "KR", Cancelled));
    }

    [Fact]
    public async Task What_the_newest_computation_has_nothing_of_is_gone_with_it()
    {
        var lease = await _stores.OpenRunAsync();
        await _stores.Popularity.WriteAsync(lease, Rows(10), Cancelled);
        await _stores.Popularity.WriteAsync(lease, [new("24h", "ALL", 1, 30, 1, 1, 1, 1)], Cancelled);

        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Empty(await connection.QueryAsync<(long, int, double, long, double, double)>(Contract, new { window = "24h", region = "KR" }));
        Assert.Equal([("ALL", 30L)], (await _stores.Popularity.ServedAsync(Cancelled)).Select(titles => (titles.Region, titles.ContentIds[0])));

        await _stores.Popularity.WriteAsync(lease, [], Cancelled);
        Assert.Empty(await _stores.Popularity.ServedAsync(Cancelled));
    }

    [Fact]
    public async Task Pruning_keeps_the_newest_computations()
    {
        var lease = await _stores.OpenRunAsync();
        var times = new List<DateTime>();
        for (int i = 0; i < PopularityStore.Keep + 2; i++)
            times.Add(await _stores.Popularity.WriteAsync(lease, Rows(i), Cancelled));

        Assert.Equal(6, await _stores.Popularity.PruneAsync(Cancelled));
        Assert.Equal(0, await _stores.Popularity.PruneAsync(Cancelled));
        await using var connection = await _stores.Database.OpenAsync(Cancelled);
        Assert.Equal(times.Skip(2), await connection.QueryAsync<DateTime>("SELECT DISTINCT computed_at FROM popularity ORDER BY computed_at"));
    }

    [Fact]
    public async Task A_run_that_was_taken_over_writes_nothing()
    {
        var lease = await _stores.OpenRunAsync();
        await _stores.Runs.FinishAsync(lease, RunState.Cancelled, null, "{}", Cancelled);
        await Assert.ThrowsAsync<LeaseLostException>(() => _stores.Popularity.WriteAsync(lease, Rows(1), Cancelled));
        Assert.Empty(await _stores.Popularity.ServedAsync(Cancelled));
    }
}
