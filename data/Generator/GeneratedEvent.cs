namespace Pipeline.Generator;

/// <summary>What a line of the stream is.</summary>
public enum LineKind
{
    Event,

    /// <summary>The same bytes as a line before.</summary>
    Duplicate,

    /// <summary>One that the pipeline must refuse, with <see cref="GeneratedEvent.Defect"/>.</summary>
    Broken,
}

/// <summary>A line of the stream; the fields have the contract's names and units.</summary>
public sealed record GeneratedEvent
{
    public LineKind Kind { get; init; }
    public Defect Defect { get; init; }
    public Guid EventId { get; init; }
    public required string Type { get; init; }
    public DateTime OccurredAt { get; init; }

    /// <summary>When the event reaches us: later than it occurred by the network's delay, or by hours from a device that was offline.</summary>
    public DateTime ArrivesAt { get; init; }

    public required Member Member { get; init; }
    public int ProfileId { get; init; }
    public Guid SessionId { get; init; }
    public required string Device { get; init; }

    /// <summary>Null for a search.</summary>
    public Title? Title { get; init; }

    public double? PositionSeconds { get; init; }
    public double? WatchedSeconds { get; init; }
    public int? BitrateKbps { get; init; }
    public int? StartupMs { get; init; }
    public int? StallMs { get; init; }
    public int? StallCount { get; init; }
    public string? ErrorCode { get; init; }
    public Guid? ImpressionId { get; init; }
    public int? Position { get; init; }
    public double? Value { get; init; }
}
