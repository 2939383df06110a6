namespace Pipeline.Storage.Events;

/// <summary>Where in Kafka a record stands.</summary>
/// <param name="Epoch">
/// How often the topic had been created anew when the record was read. Offsets start again at 0 then, so that without it a new record
/// could be taken for an old one.
/// </param>
public readonly record struct SourcePosition(string Topic, int Partition, long Offset, int Epoch = 0)
{
    public override string ToString() => Epoch == 0 ? $"{Topic}/{Partition}/{Offset}" : $"{Topic}/{Partition}/{Offset}/{Epoch}";
}

/// <summary>A validated event, ready to be stored.</summary>
/// <param name="EventId">The producer's id: the document's <c>_id</c>.</param>
/// <param name="Source">Where the event came from; also inside <paramref name="Bson"/>.</param>
/// <param name="Bson">The whole document as BSON bytes, <c>_id</c> first.</param>
public readonly record struct EventDocument(Guid EventId, SourcePosition Source, ReadOnlyMemory<byte> Bson);

/// <summary>What became of one event of a batch.</summary>
public enum AppendStatus
{
    /// <summary>Written now.</summary>
    Stored,

    /// <summary>An event with this id was there before, or earlier in the same batch.</summary>
    Duplicate,

    /// <summary>The store refuses this document and would refuse it again; <see cref="AppendOutcome.Detail"/> says why.</summary>
    Failed,

    /// <summary>The member was erased: nothing of the event may be kept anywhere.</summary>
    Erased,
}

/// <param name="FirstSource">For a duplicate, where the stored event came from; an event delivered twice names its own position.</param>
/// <param name="Detail">For a failure, the store's words, without personal data.</param>
public readonly record struct AppendOutcome(AppendStatus Status, SourcePosition? FirstSource = null, string? Detail = null);

/// <summary>The store cannot be reached, or cannot promise that a write is kept.</summary>
public sealed class EventStoreUnavailableException(string message, Exception inner) : Exception(message, inner);
