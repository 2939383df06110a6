namespace Pipeline.Storage.Events;

/// <summary>The twin without a server.</summary>
public sealed class InMemoryIngestLedger : IIngestLedger
{
    private readonly SortedDictionary<(string Topic, int Partition), LedgerEntry> _entries = [];
    private readonly Lock _lock = new();

    public Task<LedgerEntry> OpenAsync(string topic, int partition, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult(Open(topic, partition));
    }

    public Task<LedgerEntry> BeginEpochAsync(LedgerEntry from, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var entry = Open(from.Topic, from.Partition);
            if (StandsAt(from, entry))
                entry = _entries[(from.Topic, from.Partition)] = entry with { Epoch = entry.Epoch + 1, Offset = -1 };
            return Task.FromResult(entry);
        }
    }

    public Task<IReadOnlyList<LedgerEntry>> AdvanceAsync(IReadOnlyList<LedgerAdvance> steps, CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<LedgerEntry>>([.. steps.Select(Take)]);
    }

    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return Task.FromResult<IReadOnlyList<LedgerEntry>>([.. _entries.Values]);
    }

    private LedgerEntry Take(LedgerAdvance step)
    {
        var entry = Open(step.From.Topic, step.From.Partition);
        return StandsAt(step.From, entry) ? _entries[(entry.Topic, entry.Partition)] = step.Result : entry;
    }

    private LedgerEntry Open(string topic, int partition) =>
        _entries.TryGetValue((topic, partition), out var entry)
            ? entry
            : _entries[(topic, partition)] = new LedgerEntry(topic, partition, Epoch: 0, Offset: -1, default);

    private static bool StandsAt(LedgerEntry expected, LedgerEntry entry) =>
        entry.Epoch == expected.Epoch && entry.Offset == expected.Offset;
}
