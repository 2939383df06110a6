using Pipeline.Ingest.Events;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>What became of a batch's events, and how the ledger moves on from that.</summary>
internal static class Tally
{
    /// <summary>Why an event ends as refused, or null: by the contract, or by the store.</summary>
    public static Refusal? RefusalOf(in BatchEntry entry, in AppendOutcome outcome) =>
        entry.Refusal ?? outcome.Status switch
        {
            AppendStatus.Failed => new Refusal(Refusal.BadDocument, outcome.Detail ?? "refused by the store"),
            AppendStatus.Erased => Refusal.Erased,
            _ => null,
        };

    /// <summary>
    /// Counts one partition's events past what its ledger has counted. An event that the store has from this very position was stored
    /// by an attempt whose answer got lost, so it counts as stored now.
    /// </summary>
    /// <param name="ledger">Where the partition stands.</param>
    /// <param name="entries">The batch's events of the partition, in their order.</param>
    /// <param name="outcomes">Of the same length; meaningless for an event that validation refused.</param>
    public static LedgerAdvance Count(LedgerEntry ledger, IReadOnlyList<BatchEntry> entries, IReadOnlyList<AppendOutcome> outcomes)
    {
        long stored = 0, duplicates = 0, refused = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Source.Offset <= ledger.Offset)
                continue;
            if (RefusalOf(entry, outcomes[i]) is not null)
                refused++;
            else if (outcomes[i].Status == AppendStatus.Stored || outcomes[i].FirstSource == entry.Source)
                stored++;
            else
                duplicates++;
        }

        return new LedgerAdvance(ledger, Math.Max(ledger.Offset, entries[^1].Source.Offset), new LedgerCounts(stored, duplicates, refused));
    }
}
