namespace Pipeline.Ingest.Send;

/// <summary>How many bytes of one partition the consumer group has not committed yet.</summary>
internal sealed class UnreadBytes
{
    /// <summary>An event of the contract has half of this; what was there before us was not measured.</summary>
    private const int BytesOfEarlierEvent = 1024;

    /// <summary>Key, lengths, time stamp, and a share of the batch's header.</summary>
    private const int Overhead = 48;

    private const long CheckpointBytes = 64 << 10;

    private readonly long _firstOffset;
    private readonly Queue<(long Offset, long Bytes)> _checkpoints = [];
    private readonly Lock _lock = new();
    private long _end;
    private long _earlierEvents;
    private long _given;
    private long _acknowledged;
    private long _checkpointed;
    private long _committed;

    /// <param name="committed">Where the group stands.</param>
    /// <param name="end">Where the partition ends before anything is sent.</param>
    public UnreadBytes(long committed, long end)
    {
        _firstOffset = _end = end;
        _earlierEvents = Math.Max(0, end - committed);
    }

    public long Count
    {
        get
        {
            lock (_lock)
                return (_earlierEvents * BytesOfEarlierEvent) + _given - _committed;
        }
    }

    /// <summary>An event goes to the producer.</summary>
    public void Give(int bytes)
    {
        lock (_lock)
            _given += bytes + Overhead;
    }

    /// <summary>The brokers have the event, or it has failed and has no offset.</summary>
    public void Acknowledge(int bytes, long? offset)
    {
        lock (_lock)
        {
            _acknowledged += bytes + Overhead;
            _end = Math.Max(_end, (offset ?? -1) + 1);
            if (_acknowledged - _checkpointed < CheckpointBytes)
                return;
            _checkpoints.Enqueue((_end, _acknowledged));
            _checkpointed = _acknowledged;
        }
    }

    /// <summary>The group has committed up to an offset.</summary>
    public void Commit(long offset)
    {
        lock (_lock)
        {
            _earlierEvents = Math.Clamp(_firstOffset - offset, 0, _earlierEvents);
            while (_checkpoints.TryPeek(out var checkpoint) && checkpoint.Offset <= offset)
                _committed = _checkpoints.Dequeue().Bytes;
            if (offset >= _end)
                (_committed, _checkpointed) = (_acknowledged, _acknowledged);
        }
    }
}
