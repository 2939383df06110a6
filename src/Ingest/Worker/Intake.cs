using Confluent.Kafka;

namespace Pipeline.Ingest.Worker;

/// <summary>
/// What happens to records once they are consumed: they are held, gathered into batches, and the batches started on. Belongs to the
/// consuming thread.
/// </summary>
internal sealed class Intake(
    IngestSettings settings, IngestServices services, Assignment assignment, BatchBuilder builder, BatchAppender appender)
{
    /// <summary>How long a full batch waits for a slot before partitions are paused: pausing throws away what was fetched ahead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Records that cannot be taken yet: a few that were under way when their partitions were paused.</summary>
    private readonly Queue<ConsumeResult<byte[]?, byte[]?>> _held = [];

    /// <summary>A batch that has no slot yet.</summary>
    private Batch? _waiting;

    /// <summary>Whether the store is so far behind that no more may be consumed.</summary>
    public bool IsBehind => _waiting is not null;

    /// <summary>Whether no record can be taken now.</summary>
    public bool MustHold => _waiting is not null || !assignment.IsOpen();

    /// <summary>Until a batch is due; null while there is none.</summary>
    public TimeSpan? DueIn => builder.DueIn;

    public void Add(ConsumeResult<byte[]?, byte[]?> record) => _held.Enqueue(record);

    /// <summary>Takes what is held and starts on batches that are due, as far as the store keeps up.</summary>
    public void Advance(CancellationToken stopping)
    {
        appender.ThrowIfFaulted();
        TryStart(TimeSpan.Zero, stopping);
        while (!MustHold && _held.TryPeek(out var record))
        {
            if (HasRewound(record))
                continue;
            _held.Dequeue();
            if (assignment.Find(record.TopicPartition) is not { } partition)
                continue;
            partition.Taken = record.Offset.Value;
            builder.Add(record, partition);
            if (builder.IsDue)
                Send(Patience, stopping);
        }

        if (_waiting is null && builder.IsDue)
            Send(Patience, stopping);
    }

    /// <summary>Brings to its end everything that was begun.</summary>
    /// <returns>False if it took longer than <see cref="IngestSettings.Drain"/>.</returns>
    public bool Finish()
    {
        var begun = services.Time.GetTimestamp();
        TryStart(Left(), CancellationToken.None);
        if (_waiting is null)
            Send(Left(), CancellationToken.None);
        return _waiting is null && appender.Drain(Left());

        TimeSpan Left()
        {
            var left = settings.Drain - services.Time.GetElapsedTime(begun);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Drops held records of partitions that this worker has no more: their next owner consumes them.</summary>
    public void DropStrangers()
    {
        for (var count = _held.Count; count > 0; count--)
        {
            var record = _held.Dequeue();
            if (assignment.Find(record.TopicPartition) is not null)
                _held.Enqueue(record);
        }
    }

    /// <summary>Whether the partition goes on below where it was (its topic was created anew, or cut); if so it is opened anew.</summary>
    private bool HasRewound(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (assignment.Find(record.TopicPartition) is not { } partition || record.Offset.Value > partition.Taken)
            return false;
        Log.Rewound(services.Logger, record.TopicPartition.ToString(), partition.Taken, record.Offset.Value);
        assignment.Remove(record.TopicPartition);
        assignment.Add(record.TopicPartition);
        return true;
    }

    private void Send(TimeSpan patience, CancellationToken stopping)
    {
        if (!builder.TryTake(out _waiting, out var age))
            return;
        services.Metrics.Batch(_waiting.Entries.Count, age);
        TryStart(patience, stopping);
    }

    private void TryStart(TimeSpan patience, CancellationToken stopping)
    {
        if (_waiting is not null && appender.TryStart(_waiting, patience, stopping))
            _waiting = null;
    }
}
