namespace Pipeline.Storage.Events;

/// <summary>Events by what became of them.</summary>
public readonly record struct LedgerCounts(long Stored, long Duplicates, long Refused)
{
    public long Total => Stored + Duplicates + Refused;

    public static LedgerCounts operator +(LedgerCounts a, LedgerCounts b) =>
        new(a.Stored + b.Stored, a.Duplicates + b.Duplicates, a.Refused + b.Refused);

    public static LedgerCounts operator -(LedgerCounts a, LedgerCounts b) =>
        new(a.Stored - b.Stored, a.Duplicates - b.Duplicates, a.Refused - b.Refused);
}

/// <summary>What became of one partition's events so far.</summary>
/// <param name="Epoch">How often the topic was created anew since the ledger was begun.</param>
/// <param name="Offset">The last offset of this epoch that is counted; −1 for none.</param>
/// <param name="Counts">Over all epochs.</param>
public readonly record struct LedgerEntry(string Topic, int Partition, int Epoch, long Offset, LedgerCounts Counts);

/// <summary>A step of one partition: the events after <see cref="LedgerEntry.Offset"/> up to <paramref name="Offset"/> are counted.</summary>
public readonly record struct LedgerAdvance(LedgerEntry From, long Offset, LedgerCounts Counts)
{
    public LedgerEntry Result => From with { Offset = Offset, Counts = From.Counts + Counts };
}

/// <summary>
/// Counts every event once, however often it is delivered: a step is taken only from the very offset that it was counted from, so that
/// of two workers that count the same events one finds the other's offset and counts only the rest.
/// </summary>
public interface IIngestLedger
{
    /// <summary>The partition's entry, made now if it has none.</summary>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached or cannot acknowledge.</exception>
    Task<LedgerEntry> OpenAsync(string topic, int partition, CancellationToken cancellationToken);

    /// <summary>Begins the partition's next epoch, unless somebody else has.</summary>
    /// <returns>The entry as it is now.</returns>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached or cannot acknowledge.</exception>
    Task<LedgerEntry> BeginEpochAsync(LedgerEntry from, CancellationToken cancellationToken);

    /// <summary>Takes the steps that still start where their partition stands. Safe to send again.</summary>
    /// <param name="steps">At most one per partition.</param>
    /// <returns>The entries as they are now, in the order of <paramref name="steps"/>.</returns>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached or cannot acknowledge.</exception>
    Task<IReadOnlyList<LedgerEntry>> AdvanceAsync(IReadOnlyList<LedgerAdvance> steps, CancellationToken cancellationToken);

    /// <summary>All entries, by topic and partition.</summary>
    /// <exception cref="EventStoreUnavailableException">The store cannot be reached.</exception>
    Task<IReadOnlyList<LedgerEntry>> ReadAsync(CancellationToken cancellationToken);
}
