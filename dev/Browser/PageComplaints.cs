using System.Collections.Concurrent;
using System.Text.Json;

namespace Pipeline.Browser;

/// <summary>What a page's console would show in red: errors of scripts, refused and failed requests, and what was logged as an error.</summary>
public sealed class PageComplaints
{
    /// <summary>The page was left while a request was under way: nobody's fault.</summary>
    private const string Abandoned = "net::ERR_ABORTED";

    private readonly ConcurrentQueue<string> _all = new();
    private readonly ConcurrentDictionary<string, string> _addresses = new(StringComparer.Ordinal);

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<string> All => [.. _all];

    /// <summary>How many requests were answered.</summary>
    public int Answers { get; private set; }

    internal void Hear(string method, JsonElement what)
    {
        switch (method)
        {
            case "Runtime.exceptionThrown":
                _all.Enqueue($"exception: {what.GetProperty("exceptionDetails").GetRawText()}");
                break;
            case "Runtime.consoleAPICalled" when what.GetProperty("type").GetString() is "error" or "assert":
                _all.Enqueue($"console: {what.GetProperty("args").GetRawText()}");
                break;
            case "Log.entryAdded" when what.GetProperty("entry") is var entry && entry.GetProperty("level").GetString() == "error":
                _all.Enqueue($"log: {entry.GetProperty("text").GetString()} {Text(entry, "url")}");
                break;
            case "Network.requestWillBeSent":
                _addresses[what.GetProperty("requestId").GetString()!] = what.GetProperty("request").GetProperty("url").GetString()!;
                break;
            case "Network.responseReceived":
                Answers++;
                var response = what.GetProperty("response");
                if (response.GetProperty("status").GetInt32() >= 400)
                    _all.Enqueue($"answer: {response.GetProperty("status").GetInt32()} of {response.GetProperty("url").GetString()}");
                break;
            case "Network.loadingFailed" when Text(what, "errorText") != Abandoned:
                _all.Enqueue($"request: {Text(what, "errorText")} of {_addresses.GetValueOrDefault(what.GetProperty("requestId").GetString()!)}");
                break;
        }
    }

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value.GetString() : null;
}
