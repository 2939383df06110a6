using System.Globalization;

namespace Pipeline.Ingest;

/// <summary>How the ingest worker works. Addresses of servers are elsewhere: <see cref="Storage.Addresses"/>.</summary>
public sealed record IngestSettings
{
    public const string Topic = "watch-events";
    public const string DeadLetterTopic = "watch-events.dead-letter";
    public const string Group = "pipeline-ingest";

    /// <summary>PIPELINE_INGEST_HTTP: where /health and /metrics listen.</summary>
    public string Http { get; init; } = "http://127.0.0.1:8081";

    /// <summary>PIPELINE_INGEST_BATCH_EVENTS: most events of a batch, 1..25,000.</summary>
    public int BatchEvents { get; init; } = 4_000;

    /// <summary>PIPELINE_INGEST_BATCH_BYTES: a batch is full past this many bytes, JSON and BSON together; 64 KiB..32 MiB.</summary>
    public int BatchBytes { get; init; } = 8 << 20;

    /// <summary>PIPELINE_INGEST_BATCH_AGE_MS: how long a batch that does not fill up waits, 1..60,000 ms.</summary>
    public TimeSpan BatchAge { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// PIPELINE_INGEST_APPENDS: batches on their way to the store at once, 1..8. One more is being counted and one filled, so this
    /// bounds the worker's memory: (appends + 2) × batch bytes, and what the client has fetched ahead.
    /// </summary>
    public int Appends { get; init; } = 2;

    /// <summary>
    /// PIPELINE_INGEST_SESSION_TIMEOUT_MS: a worker that is silent for so long loses its partitions to the others, 1,100..300,000 ms.
    /// </summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// PIPELINE_INGEST_DRAIN_MS: how long a worker that stops, or gives partitions away, waits for what it has begun; 0..240,000 ms. What
    /// is not done by then is delivered again. Keep it under the supervisor's grace.
    /// </summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>PIPELINE_ERASURE_KEY_FILE: the key that erased members are known by; null for none, which is an error once somebody was erased.</summary>
    public string? ErasureKeyFile { get; init; }

    /// <exception cref="IngestSettingException">A variable is set to what it cannot be.</exception>
    public static IngestSettings FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <param name="variable">The value of a variable by its name, null where it is not set.</param>
    public static IngestSettings From(Func<string, string?> variable)
    {
        var defaults = new IngestSettings();
        return new IngestSettings
        {
            Http = HttpAddress("PIPELINE_INGEST_HTTP", defaults.Http),
            BatchEvents = Number("PIPELINE_INGEST_BATCH_EVENTS", defaults.BatchEvents, 1, Storage.Events.IEventStore.MaxBatch),
            BatchBytes = Number("PIPELINE_INGEST_BATCH_BYTES", defaults.BatchBytes, 64 << 10, 32 << 20),
            BatchAge = Milliseconds("PIPELINE_INGEST_BATCH_AGE_MS", defaults.BatchAge, 1, 60_000),
            Appends = Number("PIPELINE_INGEST_APPENDS", defaults.Appends, 1, 8),
            SessionTimeout = Milliseconds("PIPELINE_INGEST_SESSION_TIMEOUT_MS", defaults.SessionTimeout, 1_100, 300_000),
            Drain = Milliseconds("PIPELINE_INGEST_DRAIN_MS", defaults.Drain, 0, 240_000),
            ErasureKeyFile = variable("PIPELINE_ERASURE_KEY_FILE") is { Length: > 0 } file ? file : null,
        };

        string HttpAddress(string name, string otherwise)
        {
            var text = variable(name);
            if (string.IsNullOrWhiteSpace(text))
                return otherwise;
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp
                ? text
                : throw new IngestSettingException($"{name} is '{text}': expected http://host:port");
        }

        int Number(string name, int otherwise, int least, int most)
        {
            var text = variable(name);
            if (string.IsNullOrWhiteSpace(text))
                return otherwise;
            return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most
                ? number
                : throw new IngestSettingException($"{name} is '{text}': expected a whole number in {least}..{most}");
        }

        TimeSpan Milliseconds(string name, TimeSpan otherwise, int least, int most) =>
            TimeSpan.FromMilliseconds(Number(name, (int)otherwise.TotalMilliseconds, least, most));
    }
}

/// <summary>A setting cannot be what it is; the message names the variable and what it may be.</summary>
public sealed class IngestSettingException(string message) : Exception(message);
