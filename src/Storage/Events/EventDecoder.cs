using System.Text;
using MongoDB.Bson;

namespace Pipeline.Storage.Events;

/// <summary>Reads the contract's fields out of an event's BSON. Unknown fields are passed over.</summary>
/// <remarks>One instance per stream: it remembers the few texts (regions, languages, devices) that every event repeats.</remarks>
internal sealed class EventDecoder
{
    /// <summary>All fields that are decoded, as a projection: what else a document holds need not travel.</summary>
    public static readonly BsonDocument Fields = Only(
        "type", "occurredAt", "userId", "profileId", "sessionId", "contentId", "positionSeconds", "watchedSeconds", "durationSeconds",
        "region", "language", "device", "startupMs", "stallMs", "stallCount", "errorCode", "value", "position");

    /// <summary>The fields that <see cref="UserContentFold"/> looks at.</summary>
    public static readonly BsonDocument SummedFields =
        Only("type", "occurredAt", "userId", "contentId", "watchedSeconds", "durationSeconds", "region", "device", "stallMs", "errorCode", "value", "position");

    private const int MostRepeatedTexts = 256;
    private readonly Dictionary<string, string> _repeated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _repeatedBySpan;

    public EventDecoder() => _repeatedBySpan = _repeated.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <exception cref="FormatException">Not well-formed BSON, or no event of ours.</exception>
    public StoredEvent Decode(ReadOnlySpan<byte> bson)
    {
        Guid eventId = default;
        EventType? type = null;
        long occurredAt = 0, userId = 0, startupMs = 0, stallMs = 0;
        int profileId = 0, stallCount = 0;
        long? contentId = null;
        double position = 0, watched = 0, duration = 0;
        double? value = null;
        int? place = null;
        string? session = null, region = null, language = null, device = null, errorCode = null;

        var element = new BsonElements(bson);
        while (element.MoveNext())
        {
            switch (element.Name)
            {
                case var name when name.SequenceEqual("_id"u8) && element.IsUuid: eventId = element.Uuid; break;
                case var name when name.SequenceEqual("type"u8): type = EventTypes.Parse(element.Text); break;
                case var name when name.SequenceEqual("occurredAt"u8): occurredAt = element.Integer; break;
                case var name when name.SequenceEqual("userId"u8): userId = element.Integer; break;
                case var name when name.SequenceEqual("profileId"u8): profileId = (int)element.Integer; break;
                case var name when name.SequenceEqual("sessionId"u8): session = Text(element); break;
                case var name when name.SequenceEqual("contentId"u8) && element.IsNumber: contentId = element.Integer; break;
                case var name when name.SequenceEqual("positionSeconds"u8): position = element.Number; break;
                case var name when name.SequenceEqual("watchedSeconds"u8): watched = element.Number; break;
                case var name when name.SequenceEqual("durationSeconds"u8): duration = element.Number; break;
                case var name when name.SequenceEqual("region"u8): region = Repeated(element); break;
                case var name when name.SequenceEqual("language"u8): language = Repeated(element); break;
                case var name when name.SequenceEqual("device"u8): device = Repeated(element); break;
                case var name when name.SequenceEqual("startupMs"u8): startupMs = element.Integer; break;
                case var name when name.SequenceEqual("stallMs"u8): stallMs = element.Integer; break;
                case var name when name.SequenceEqual("stallCount"u8): stallCount = (int)element.Integer; break;
                case var name when name.SequenceEqual("errorCode"u8): errorCode = Repeated(element); break;
                case var name when name.SequenceEqual("value"u8) && element.IsNumber: value = element.Number; break;
                case var name when name.SequenceEqual("position"u8) && element.IsNumber: place = (int)element.Integer; break;
            }
        }
        return new StoredEvent(eventId, type ?? throw new FormatException($"event {eventId} has no type that we know"),
            DateTime.UnixEpoch.AddMilliseconds(occurredAt), userId, profileId, session, contentId, position, watched, duration,
            region, language, device, startupMs, stallMs, stallCount, errorCode, value, place);
    }

    private static BsonDocument Only(params string[] names) => new(names.Select(name => new BsonElement(name, 1)));

    private static string? Text(in BsonElements element) =>
        element.Type == BsonKind.String ? Encoding.UTF8.GetString(element.Text) : null;

    private string? Repeated(in BsonElements element)
    {
        if (element.Type != BsonKind.String)
            return null;
        Span<char> chars = stackalloc char[64];
        if (element.Text.Length > chars.Length)
            return Encoding.UTF8.GetString(element.Text);
        chars = chars[..Encoding.UTF8.GetChars(element.Text, chars)];
        if (_repeatedBySpan.TryGetValue(chars, out var known))
            return known;
        var text = chars.ToString();
        if (_repeated.Count < MostRepeatedTexts)
            _repeated.Add(text, text);
        return text;
    }
}
