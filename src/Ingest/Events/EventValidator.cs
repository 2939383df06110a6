using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Events;

/// <summary>
/// Checks events against the contract and turns them from JSON into BSON, in one pass and without allocating for a good one.
/// </summary>
/// <remarks>Not for two threads at once.</remarks>
/// <param name="maxAge">Events that occurred longer ago are refused as <c>too_old</c>.</param>
public sealed class EventValidator(TimeSpan maxAge)
{
    public EventValidator()
        : this(MaxAge)
    {
    }

    /// <summary>64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(400);
    public static readonly TimeSpan MaxLead = TimeSpan.FromHours(1);

    private const long MaxId = (1L << 53) - 1;
    private const double MaxWatchedSeconds = 86_400;
    private const double MinStars = 0.5;
    private const double MaxStars = 5;
    private const int LongestEscape = 6;   // \u0041
    private const int IdElementName = 1 + 3 + 1;   // type, "_id", NUL

    private readonly ObjectNames _names = new();

    // One bit per field of the contract: named at all, with a value, with a value that cannot be, named more than once.
    private uint _named;
    private uint _present;
    private uint _bad;
    private uint _twice;

    // Fields of the producer's that are named like ours.
    private readonly BsonBuffer _producer = new(capacity: 0);

    private Guid _eventId;
    private EventType? _type;
    private DateTimeOffset _occurredAt;
    private double? _value;

    /// <summary>Appends the event's document to <paramref name="output"/>, or nothing if it is refused.</summary>
    /// <param name="json">Untrusted bytes, any length.</param>
    /// <param name="receivedAt">Now: what the limits of age and of lead are measured from.</param>
    /// <param name="eventId">The document's <c>_id</c>, where it is not refused.</param>
    /// <returns>Why the event is refused, or null.</returns>
    public Refusal? Validate(
        ReadOnlySpan<byte> json, in SourcePosition source, DateTimeOffset receivedAt, BsonBuffer output, out Guid eventId)
    {
        eventId = default;
        if (json.Length > MaxBytes)
            return Refusal.TooLarge;
        if (!Utf8.IsValid(json))
            return Refusal.NotJson("not UTF-8");

        var start = output.Length;
        var refusal = Convert(json, source, receivedAt, output);
        if (refusal is null)
            eventId = _eventId;
        else
            output.Truncate(start);
        return refusal;
    }

    private Refusal? Convert(ReadOnlySpan<byte> json, in SourcePosition source, DateTimeOffset receivedAt, BsonBuffer output)
    {
        (_named, _present, _bad, _twice, _type, _value) = (0, 0, 0, 0, null, null);
        _names.Clear();
        _producer.Truncate(0);
        var document = output.BeginDocument();
        output.WriteElement(BsonBuffer.Binary, "_id"u8);
        output.WriteUuid(default);
        try
        {
            ReadFields(json, output);
        }
        catch (JsonException e)
        {
            // The reader's own words quote the event.
            return Refusal.NotJson(e.BytePositionInLine is { } at ? $"malformed, or nested too deeply, at byte {at}" : e.Message);
        }
        catch (InvalidOperationException)
        {
            return Refusal.NotJson("an escape names half of a surrogate pair");
        }

        if (Fault(receivedAt) is { } refusal)
            return refusal;
        output.SetUuid(document + sizeof(int) + IdElementName, _eventId);
        WriteProducer(output);
        WriteSource(source, receivedAt, output);
        output.EndDocument(document);
        return null;
    }

    private void ReadFields(ReadOnlySpan<byte> json, BsonBuffer output)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("not an object");
        for (var guess = 0; reader.Read() && reader.TokenType != JsonTokenType.EndObject;)
        {
            var element = JsonValues.BeginElement(ref reader, output);
            var field = EventField.Find(JsonValues.NameOf(output, element), guess);
            if (field < 0)
            {
                _names.Add(output, element);
                reader.Read();
                JsonValues.Write(ref reader, output, element, _names);
                continue;
            }

            guess = field + 1;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
                _present |= Bit(field);
            if ((_named & Bit(field)) != 0)
            {
                _twice |= Bit(field);
                reader.Skip();
            }
            else if (!TryWrite(ref reader, EventField.All[field], output, element))
            {
                _bad |= Bit(field);
                reader.Skip();
            }

            _named |= Bit(field);
        }

        // Throws where more than white space follows.
        reader.Read();
    }

    /// <returns>False where the value is not what the field holds; what was written so far is then of no use.</returns>
    private bool TryWrite(ref Utf8JsonReader reader, EventField field, BsonBuffer output, int element)
    {
        var kind = field.Kind;
        if (reader.TokenType == JsonTokenType.Null && kind != FieldKind.Reserved)
        {
            output.SetType(element, BsonBuffer.Null);
            return true;
        }

        switch (kind)
        {
            case FieldKind.EventId:
                output.Truncate(element);   // it stands first in the document, as _id
                return TryReadEventId(ref reader);
            case FieldKind.Type:
                return TryWriteType(ref reader, output, element);
            case FieldKind.OccurredAt:
                output.SetType(element, BsonBuffer.Date);
                if (!TryReadTime(ref reader, out _occurredAt))
                    return false;
                output.WriteInt64(_occurredAt.ToUnixTimeMilliseconds());
                return true;
            case FieldKind.UserId or FieldKind.ContentId:
                output.SetType(element, BsonBuffer.Int64);
                if (!JsonValues.TryGetWhole(ref reader, out var id) || id is < 1 or > MaxId)
                    return false;
                output.WriteInt64(id);
                return true;
            case FieldKind.Integer:
                if (!JsonValues.TryGetWhole(ref reader, out var whole))
                    return false;
                JsonValues.WriteWhole(whole, output, element);
                return true;
            case FieldKind.Number or FieldKind.WatchTime or FieldKind.Stars:
                return TryWriteDouble(ref reader, kind, output, element);
            case FieldKind.Text:
                output.SetType(element, BsonBuffer.String);
                if (reader.TokenType != JsonTokenType.String)
                    return false;
                JsonValues.WriteText(ref reader, output);
                return true;
            case FieldKind.Any:
                JsonValues.Write(ref reader, output, element, _names);
                return true;
            default:
                output.Truncate(element);
                if (_producer.Length == 0)
                    _producer.BeginDocument();
                _producer.WriteElement(BsonBuffer.Null, field.Name);
                JsonValues.Write(ref reader, _producer, _producer.Length - field.Name.Length - 2, _names);
                return true;
        }
    }

    private bool TryReadEventId(ref Utf8JsonReader reader)
    {
        Span<byte> text = stackalloc byte[36 * LongestEscape];
        return TryCopy(ref reader, text, out var length)
            && Utf8Parser.TryParse(text[..length], out _eventId, out var consumed, 'D')
            && consumed == length;
    }

    private bool TryWriteType(ref Utf8JsonReader reader, BsonBuffer output, int element)
    {
        if (reader.TokenType != JsonTokenType.String)
            return false;
        output.SetType(element, BsonBuffer.String);
        var start = output.Length;
        JsonValues.WriteText(ref reader, output);
        _type = EventTypes.Parse(output.Written(start + sizeof(int), output.Length - start - sizeof(int) - 1));
        return true;
    }

    private bool TryWriteDouble(ref Utf8JsonReader reader, FieldKind kind, BsonBuffer output, int element)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var number) || !double.IsFinite(number))
            return false;
        if (kind == FieldKind.WatchTime && number is < 0 or > MaxWatchedSeconds)
            return false;
        if (kind == FieldKind.Stars)
            _value = number;
        output.SetType(element, BsonBuffer.Double);
        output.WriteDouble(number);
        return true;
    }

    private static bool TryReadTime(ref Utf8JsonReader reader, out DateTimeOffset time)
    {
        time = default;
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped)
            return EventTime.TryParse(reader.ValueSpan, out time);
        Span<byte> text = stackalloc byte[64 * LongestEscape];
        return TryCopy(ref reader, text, out var length) && EventTime.TryParse(text[..length], out time);
    }

    /// <summary>A text without its escapes, if it is one and fits.</summary>
    private static bool TryCopy(ref Utf8JsonReader reader, scoped Span<byte> text, out int length)
    {
        length = 0;
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > text.Length)
            return false;
        length = reader.CopyString(text);
        return true;
    }

    private Refusal? Fault(DateTimeOffset receivedAt)
    {
        for (var i = 0; i < EventField.All.Length; i++)
        {
            var field = EventField.All[i];
            if ((_twice & Bit(i)) != 0)
                return field.Twice;
            if ((_bad & Bit(i)) != 0)
                return field.Bad;
            if ((_present & Bit(i)) == 0)
            {
                if (IsRequired(field))
                    return field.Missing;
            }
            else if (field.Kind == FieldKind.Type && _type is null)
            {
                return Refusal.UnknownType;
            }
            else if (field.Kind == FieldKind.Stars && _type == EventType.Rating && _value is < MinStars or > MaxStars)
            {
                return field.Bad;
            }
        }

        return receivedAt - _occurredAt > maxAge ? Refusal.TooOld
            : _occurredAt - receivedAt > MaxLead ? Refusal.InFuture
            : null;
    }

    private bool IsRequired(EventField field) => field.Kind switch
    {
        FieldKind.EventId or FieldKind.Type or FieldKind.OccurredAt or FieldKind.UserId => true,
        FieldKind.ContentId => _type != EventType.Search,
        FieldKind.Stars => _type == EventType.Rating,
        _ => false,
    };

    private static void WriteSource(in SourcePosition source, DateTimeOffset receivedAt, BsonBuffer output)
    {
        output.WriteElement(BsonBuffer.Document, "source"u8);
        var document = output.BeginDocument();
        output.WriteElement(BsonBuffer.String, "topic"u8);
        output.WriteString(source.Topic);
        output.WriteElement(BsonBuffer.Int32, "partition"u8);
        output.WriteInt32(source.Partition);
        output.WriteElement(BsonBuffer.Int64, "offset"u8);
        output.WriteInt64(source.Offset);
        if (source.Epoch != 0)
        {
            output.WriteElement(BsonBuffer.Int32, "epoch"u8);
            output.WriteInt32(source.Epoch);
        }

        output.EndDocument(document);
        output.WriteElement(BsonBuffer.Date, "receivedAt"u8);
        output.WriteInt64(receivedAt.ToUnixTimeMilliseconds());
    }

    /// <summary>The document that holds the producer's fields named like ours.</summary>
    private void WriteProducer(BsonBuffer output)
    {
        if (_producer.Length == 0)
            return;
        _producer.EndDocument(0);
        output.WriteElement(BsonBuffer.Document, "producer"u8);
        _producer.Written(0, _producer.Length).CopyTo(output.Room(_producer.Length));
        output.Advance(_producer.Length);
    }

    private static uint Bit(int field) => 1u << field;
}
