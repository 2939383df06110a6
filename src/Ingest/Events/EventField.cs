using System.Text;

namespace Pipeline.Ingest.Events;

/// <summary>What a field's value must be; null also passes for a field that is not required.</summary>
internal enum FieldKind
{
    EventId,
    Type,
    OccurredAt,

    /// <summary>A whole number in 1..2^53−1: what every JSON implementation keeps exactly.</summary>
    UserId,

    /// <summary>Like a user id; not required of a search.</summary>
    ContentId,

    /// <summary>A whole number of 64 bits.</summary>
    Integer,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary>Seconds of at most one day: 0..86,400.</summary>
    WatchTime,

    /// <summary>A finite number, which a rating must have and hold to 0.5..5.</summary>
    Stars,

    Text,
    Any,

    /// <summary>Anything, under a name that the pipeline's own fields have: it is kept under <c>producer</c>, so as not to be taken for ours.</summary>
    Reserved,
}

/// <summary>A field that the contract names.</summary>
internal sealed class EventField
{
    /// <summary>In the contract's order, which is also the order in which faults are reported.</summary>
    public static readonly EventField[] All =
    [
        new("eventId", FieldKind.EventId, "a UUID as text"),
        new("type", FieldKind.Type, "text"),
        new("occurredAt", FieldKind.OccurredAt, "a time of ISO 8601 in extended form with Z or an offset, such as 2026-11-22T10:15:30.123Z or 2026-11-22T19:15:30+09:00"),
        new("userId", FieldKind.UserId, "a whole number in 1..2^53-1"),
        new("profileId", FieldKind.Integer, "a whole number"),
        new("sessionId", FieldKind.Text, "text"),
        new("contentId", FieldKind.ContentId, "a whole number in 1..2^53-1"),
        new("positionSeconds", FieldKind.Number, "a number"),
        new("watchedSeconds", FieldKind.WatchTime, "a number in 0..86400"),
        new("durationSeconds", FieldKind.Number, "a number"),
        new("region", FieldKind.Text, "text"),
        new("language", FieldKind.Text, "text"),
        new("device", FieldKind.Text, "text"),
        new("appVersion", FieldKind.Text, "text"),
        new("cdn", FieldKind.Text, "text"),
        new("isp", FieldKind.Text, "text"),
        new("bitrateKbps", FieldKind.Number, "a number"),
        new("startupMs", FieldKind.Number, "a number"),
        new("stallMs", FieldKind.Number, "a number"),
        new("stallCount", FieldKind.Integer, "a whole number"),
        new("errorCode", FieldKind.Any, "anything"),
        new("impressionId", FieldKind.Any, "anything"),
        new("position", FieldKind.Integer, "a whole number"),
        new("generation", FieldKind.Any, "anything"),
        new("experiment", FieldKind.Any, "anything"),
        new("arm", FieldKind.Any, "anything"),
        new("value", FieldKind.Stars, "a number; of a rating in 0.5..5"),
        new("_id", FieldKind.Reserved, "anything"),
        new("source", FieldKind.Reserved, "anything"),
        new("receivedAt", FieldKind.Reserved, "anything"),
        new("producer", FieldKind.Reserved, "anything"),
    ];

    private EventField(string name, FieldKind kind, string form)
    {
        Name = Encoding.UTF8.GetBytes(name);
        Kind = kind;
        Missing = new Refusal($"missing_{name}", $"{name} is required");
        Bad = new Refusal($"bad_{name}", $"{name} must be {form}");
        Twice = new Refusal($"bad_{name}", $"{name} must be named once");
    }

    public byte[] Name { get; }
    public FieldKind Kind { get; }
    public Refusal Missing { get; }
    public Refusal Bad { get; }
    public Refusal Twice { get; }

    /// <summary>The field's index in <see cref="All"/>, or −1.</summary>
    /// <param name="guess">Where to look first, 0..length of <see cref="All"/>: producers send fields in one order, and leave some out.</param>
    public static int Find(ReadOnlySpan<byte> name, int guess)
    {
        for (var i = guess; i < All.Length; i++)
        {
            if (name.SequenceEqual(All[i].Name))
                return i;
        }

        for (var i = 0; i < guess; i++)
        {
            if (name.SequenceEqual(All[i].Name))
                return i;
        }

        return -1;
    }
}
