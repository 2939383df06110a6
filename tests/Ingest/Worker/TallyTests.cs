using Pipeline.Ingest.Events;
using Pipeline.Ingest.Tests.Events;
using Pipeline.Ingest.Worker;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

[Trait("speed", "fast")]
public sealed class TallyTests
{
    private static readonly SourcePosition Elsewhere = new(IngestSettings.Topic, 7, 1);

    [Fact]
    public void Each_event_is_counted_as_what_became_of_it()
    {
        var entries = Entries(0, 1, 2, 3);
        entries[2] = entries[2] with { Refusal = Refusal.TooOld };
        AppendOutcome[] outcomes = [new(AppendStatus.Stored), new(AppendStatus.Duplicate, Elsewhere), default, new(AppendStatus.Failed, Detail: "why")];
        var step = Tally.Count(Ledger(offset: -1), entries, outcomes);
        Assert.Equal(new LedgerCounts(Stored: 1, Duplicates: 1, Refused: 2), step.Counts);
        Assert.Equal(3, step.Offset);
        Assert.Equal(Refusal.BadDocument, Tally.RefusalOf(entries[3], outcomes[3])!.Code);
    }

    [Fact]
    public void An_event_that_is_a_duplicate_of_itself_was_stored()
    {
        var entries = Entries(5);
        var step = Tally.Count(Ledger(offset: 4), entries, [new(AppendStatus.Duplicate, entries[0].Source)]);
        Assert.Equal(new LedgerCounts(Stored: 1, Duplicates: 0, Refused: 0), step.Counts);
    }

    [Fact]
    public void The_same_position_of_an_earlier_epoch_is_another_event()
    {
        var entries = Entries(5);
        var step = Tally.Count(Ledger(offset: 4), entries, [new(AppendStatus.Duplicate, entries[0].Source with { Epoch = 1 })]);
        Assert.Equal(new LedgerCounts(Stored: 0, Duplicates: 1, Refused: 0), step.Counts);
    }

    [Fact]
    public void What_the_ledger_has_counted_is_not_counted_again()
    {
        var entries = Entries(3, 4, 5, 9);
        AppendOutcome[] outcomes = [.. entries.Select(_ => new AppendOutcome(AppendStatus.Stored))];
        Assert.Equal(new LedgerCounts(2, 0, 0), Tally.Count(Ledger(offset: 4), entries, outcomes).Counts);
        var nothing = Tally.Count(Ledger(offset: 20), entries, outcomes);
        Assert.Equal(default, nothing.Counts);
        Assert.Equal(20, nothing.Offset);
    }

    private static LedgerEntry Ledger(long offset) => new(IngestSettings.Topic, 0, Epoch: 0, offset, default);

    private static List<BatchEntry> Entries(params long[] offsets)
    {
        var batch = new Batch();
        var partition = Records.Open(0);
        foreach (var offset in offsets)
            batch.Add(Records.At(0, offset), partition, EventJson.Now);
        return batch.Entries;
    }
}
