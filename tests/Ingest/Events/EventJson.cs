using System.Text.Json.Nodes;

namespace Pipeline.Ingest.Tests.Events;

/// <summary>Events as producers send them.</summary>
internal static class EventJson
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The contract's own example, as an object to change.</summary>
    public static JsonObject Example() => JsonNode.Parse(
        """
        {"eventId":"0199c1d2-7a3b-7c4d-8e5f-60718293a4b5","type":"progress","occurredAt":"2026-11-22T10:15:30.123Z",
         "userId":42,"profileId":1,"sessionId":"5f0c9a","contentId":1001,"positionSeconds":1320.5,"watchedSeconds":30.0,"durationSeconds":5400,
         "region":"KR","language":"ko","device":"tv","appVersion":"8.1.0","cdn":"edge-icn-1","isp":"kt","bitrateKbps":4200,
         "startupMs":850,"stallMs":0,"stallCount":0,"errorCode":null,
         "impressionId":null,"position":null,"generation":null,"experiment":null,"arm":null,"value":null}
        """)!.AsObject();

    /// <summary>The example with one field set to a piece of JSON, or taken away where that is null.</summary>
    public static string With(string field, string? json)
    {
        var example = Example();
        example.Remove(field);
        var text = example.ToJsonString();
        return json is null ? text : $"{text[..^1]},{System.Text.Json.JsonSerializer.Serialize(field)}:{json}}}";
    }
}
