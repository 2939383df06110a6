using System.Buffers;
using System.Text.Json;

namespace Pipeline.Generator;

/// <summary>Writes lines of the stream as the contract's JSON.</summary>
public sealed class EventWriter : IDisposable
{
    private const int LargeNote = 70_000;   // over the contract's 64 KiB

    private static readonly DateTime LongAgo = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly Utf8JsonWriter _json;

    public EventWriter() => _json = new Utf8JsonWriter(_line, new JsonWriterOptions { SkipValidation = true });

    /// <summary>One line with its line feed; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(GeneratedEvent line)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        WriteFields(line);
        _json.Flush();
        if (line.Defect == Defect.NotJson)
        {
            var whole = _line.WrittenCount;
            _line.ResetWrittenCount();
            _line.Advance(whole * 3 / 5);
        }
        _line.GetSpan(1)[0] = (byte)'\n';
        _line.Advance(1);
        return _line.WrittenSpan;
    }

    public void Dispose() => _json.Dispose();

    private void WriteFields(GeneratedEvent line)
    {
        var (json, defect, member) = (_json, line.Defect, line.Member);
        json.WriteStartObject();
        if (defect == Defect.BadEventId)
            json.WriteString(Names.EventId, "not-a-uuid");
        else if (defect != Defect.MissingEventId)
            json.WriteString(Names.EventId, line.EventId);
        if (defect != Defect.MissingType)
            json.WriteString(Names.Type, defect == Defect.UnknownType ? "teleport" : line.Type);
        WriteTime(line);
        if (defect == Defect.BadUserId)
            json.WriteNumber(Names.UserId, -member.UserId);
        else if (defect != Defect.MissingUserId)
            json.WriteNumber(Names.UserId, member.UserId);
        json.WriteNumber(Names.ProfileId, line.ProfileId);
        json.WriteString(Names.SessionId, line.SessionId);
        if (defect == Defect.BadContentId)
            json.WriteString(Names.ContentId, "a title");
        else if (defect != Defect.MissingContentId)
            Number(Names.ContentId, line.Title?.ContentId);
        Number(Names.PositionSeconds, line.PositionSeconds);
        Number(Names.WatchedSeconds, defect == Defect.BadWatchedSeconds ? -30 : line.WatchedSeconds);
        Number(Names.DurationSeconds, line.Title?.RuntimeSeconds);
        json.WriteString(Names.Region, member.Region.Code);
        json.WriteString(Names.Language, member.Language);
        json.WriteString(Names.Device, line.Device);
        json.WriteString(Names.AppVersion, line.Device == "tv" ? "8.1.0" : "8.2.3");
        json.WriteString(Names.Cdn, member.Edge);
        json.WriteString(Names.Isp, member.Isp);
        Number(Names.BitrateKbps, line.BitrateKbps);
        Number(Names.StartupMs, line.StartupMs);
        Number(Names.StallMs, line.StallMs);
        Number(Names.StallCount, line.StallCount);
        Text(Names.ErrorCode, line.ErrorCode);
        Text(Names.ImpressionId, line.ImpressionId?.ToString());
        Number(Names.Position, line.Position);
        json.WriteNull(Names.Generation);
        json.WriteNull(Names.Experiment);
        json.WriteNull(Names.Arm);
        Number(Names.Value, defect == Defect.BadValue ? 11 : line.Value);
        if (defect == Defect.TooLarge)
            json.WriteString(Names.Note, new string('x', LargeNote));
        json.WriteEndObject();
    }

    private void WriteTime(GeneratedEvent line)
    {
        if (line.Defect == Defect.MissingOccurredAt)
            return;
        if (line.Defect == Defect.BadOccurredAt)
        {
            _json.WriteString(Names.OccurredAt, "yesterday evening");
            return;
        }
        var at = line.Defect switch
        {
            Defect.TooOld => LongAgo,
            Defect.InFuture => line.OccurredAt.AddYears(50),
            _ => line.OccurredAt,
        };
        Span<char> text = stackalloc char[24];
        at.TryFormat(text, out _, "yyyy-MM-ddTHH:mm:ss.fffZ");
        _json.WriteString(Names.OccurredAt, text);
    }

    private void Number(JsonEncodedText name, double? value)
    {
        if (value is { } number)
            _json.WriteNumber(name, number);
        else
            _json.WriteNull(name);
    }

    private void Number(JsonEncodedText name, int? value)
    {
        if (value is { } number)
            _json.WriteNumber(name, number);
        else
            _json.WriteNull(name);
    }

    private void Text(JsonEncodedText name, string? value)
    {
        if (value is not null)
            _json.WriteString(name, value);
        else
            _json.WriteNull(name);
    }

    private static class Names
    {
        public static readonly JsonEncodedText EventId = JsonEncodedText.Encode("eventId");
        public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
        public static readonly JsonEncodedText OccurredAt = JsonEncodedText.Encode("occurredAt");
        public static readonly JsonEncodedText UserId = JsonEncodedText.Encode("userId");
        public static readonly JsonEncodedText ProfileId = JsonEncodedText.Encode("profileId");
        public static readonly JsonEncodedText SessionId = JsonEncodedText.Encode("sessionId");
        public static readonly JsonEncodedText ContentId = JsonEncodedText.Encode("contentId");
        public static readonly JsonEncodedText PositionSeconds = JsonEncodedText.Encode("positionSeconds");
        public static readonly JsonEncodedText WatchedSeconds = JsonEncodedText.Encode("watchedSeconds");
        public static readonly JsonEncodedText DurationSeconds = JsonEncodedText.Encode("durationSeconds");
        public static readonly JsonEncodedText Region = JsonEncodedText.Encode("region");
        public static readonly JsonEncodedText Language = JsonEncodedText.Encode("language");
        public static readonly JsonEncodedText Device = JsonEncodedText.Encode("device");
        public static readonly JsonEncodedText AppVersion = JsonEncodedText.Encode("appVersion");
        public static readonly JsonEncodedText Cdn = JsonEncodedText.Encode("cdn");
        public static readonly JsonEncodedText Isp = JsonEncodedText.Encode("isp");
        public static readonly JsonEncodedText BitrateKbps = JsonEncodedText.Encode("bitrateKbps");
        public static readonly JsonEncodedText StartupMs = JsonEncodedText.Encode("startupMs");
        public static readonly JsonEncodedText StallMs = JsonEncodedText.Encode("stallMs");
        public static readonly JsonEncodedText StallCount = JsonEncodedText.Encode("stallCount");
        public static readonly JsonEncodedText ErrorCode = JsonEncodedText.Encode("errorCode");
        public static readonly JsonEncodedText ImpressionId = JsonEncodedText.Encode("impressionId");
        public static readonly JsonEncodedText Position = JsonEncodedText.Encode("position");
        public static readonly JsonEncodedText Generation = JsonEncodedText.Encode("generation");
        public static readonly JsonEncodedText Experiment = JsonEncodedText.Encode("experiment");
        public static readonly JsonEncodedText Arm = JsonEncodedText.Encode("arm");
        public static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");
        public static readonly JsonEncodedText Note = JsonEncodedText.Encode("note");
    }
}
