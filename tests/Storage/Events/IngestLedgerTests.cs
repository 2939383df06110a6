using Pipeline.Servers;
using Pipeline.Storage.Events;

namespace Pipeline.Storage.Tests.Events;

/// <summary>What every ingest ledger does. A ledger's own class only says how an empty one is made.</summary>
public abstract class IngestLedgerSuite
{
    private static readonly LedgerCounts Some = new(Stored: 7, Duplicates: 2, Refused: 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<IIngestLedger> EmptyAsync();

    [Fact]
    public async Task A_new_partition_stands_before_its_first_event()
    {
        var ledger = await EmptyAsync();
        var entry = await ledger.OpenAsync("topic", 3, Cancel);
        Assert.Equal(new LedgerEntry("topic", 3, Epoch: 0, Offset: -1, default), entry);
        Assert.Equal(entry, await ledger.OpenAsync("topic", 3, Cancel));
    }

    [Fact]
    public async Task Steps_move_each_partition_and_add_up()
    {
        var ledger = await EmptyAsync();
        var first = await ledger.OpenAsync("topic", 0, Cancel);
        var second = await ledger.OpenAsync("topic", 1, Cancel);
        var moved = await ledger.AdvanceAsync([new(first, 9, Some), new(second, 4, default)], Cancel);
        Assert.Equal([new("topic", 0, 0, 9, Some), new("topic", 1, 0, 4, default)], moved);
        moved = await ledger.AdvanceAsync([new(moved[0], 19, Some)], Cancel);
        Assert.Equal([new("topic", 0, 0, 19, Some + Some)], moved);
        Assert.Equal([moved[0], new("topic", 1, 0, 4, default)], await ledger.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_step_from_where_the_partition_no_longer_stands_is_not_taken_and_shows_where_it_stands()
    {
        var ledger = await EmptyAsync();
        var first = await ledger.OpenAsync("topic", 0, Cancel);
        var second = await ledger.OpenAsync("topic", 1, Cancel);
        var step = new LedgerAdvance(first, 9, Some);
        await ledger.AdvanceAsync([step], Cancel);
        var again = await ledger.AdvanceAsync([step, new(second, 2, Some)], Cancel);
        Assert.Equal([step.Result, new("topic", 1, 0, 2, Some)], again);
    }

    [Fact]
    public async Task An_epoch_begins_once_and_keeps_the_totals()
    {
        var ledger = await EmptyAsync();
        var step = new LedgerAdvance(await ledger.OpenAsync("topic", 0, Cancel), 9, Some);
        await ledger.AdvanceAsync([step], Cancel);
        var begun = await ledger.BeginEpochAsync(step.Result, Cancel);
        Assert.Equal(new LedgerEntry("topic", 0, Epoch: 1, Offset: -1, Some), begun);
        Assert.Equal(begun, await ledger.BeginEpochAsync(step.Result, Cancel));

        var late = await ledger.AdvanceAsync([new(step.Result, 12, Some)], Cancel);
        Assert.Equal([begun], late);
    }

    [Fact]
    public async Task Of_two_that_count_the_same_events_one_does()
    {
        var ledger = await EmptyAsync();
        var step = new LedgerAdvance(await ledger.OpenAsync("topic", 0, Cancel), 9, Some);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.AdvanceAsync([step], Cancel)));
        Assert.All(results, result => Assert.Equal([step.Result], result));
    }
}

[Trait("speed", "fast")]
public sealed class InMemoryIngestLedgerTests : IngestLedgerSuite
{
    protected override Task<IIngestLedger> EmptyAsync() => Task.FromResult<IIngestLedger>(new InMemoryIngestLedger());
}

[Trait("speed", "server")]
public sealed class MongoIngestLedgerTests : IngestLedgerSuite
{
    protected override async Task<IIngestLedger> EmptyAsync() =>
        new MongoIngestLedger(DocumentDatabase.Open(await TestServers.MongoAsync()));
}
