using System.Net;
using Pipeline.Dashboard;
using Pipeline.Jobs.Alarms;

namespace Pipeline.Jobs;

/// <summary>A variable is set to what it cannot be; the message names it and what it may be.</summary>
public sealed class SettingException(string message) : Exception(message);

/// <summary>How the jobs host works. Addresses of servers are elsewhere: <see cref="Storage.Addresses"/>.</summary>
public sealed record JobsSettings
{
    public const string HttpVariable = "PIPELINE_JOBS_HTTP";
    public const string DashboardKeyFileVariable = "PIPELINE_DASHBOARD_KEY_FILE";
    public const string DashboardClientsVariable = "PIPELINE_DASHBOARD_CLIENTS";
    public const string DashboardDeniedVariable = "PIPELINE_DASHBOARD_DENIED";
    public const string DashboardForwardersVariable = "PIPELINE_DASHBOARD_FORWARDERS";
    public const string AuditAnchorVariable = "PIPELINE_AUDIT_ANCHOR";
    public const string ArtifactsVariable = "PIPELINE_ARTIFACTS";
    public const string IngestWorkersVariable = "PIPELINE_INGEST_WORKERS";

    /// <summary>Read at the start of every command, not only of the host.</summary>
    public const string VectorWidthVariable = "PIPELINE_VECTOR_WIDTH";
    public const string WebhookVariable = "PIPELINE_ALARM_WEBHOOK";
    public const string WebhookKeyFileVariable = "PIPELINE_ALARM_WEBHOOK_KEY_FILE";
    public const string RetentionVariable = "PIPELINE_RUN_RETENTION_DAYS";
    public const string ErasureKeyFileVariable = "PIPELINE_ERASURE_KEY_FILE";


    /// <summary>Where /health, /metrics and the dashboard listen.</summary>
    public string Http { get; init; } = "http://127.0.0.1:8080";

    public DashboardSettings Dashboard { get; init; } = new();

    /// <summary>Folder of the model artifacts.</summary>
    public string Artifacts { get; init; } = Path.Combine(".run", "artifacts");

    /// <summary>The key that erased members are known by; null for none, which is an error once somebody was erased.</summary>
    public string? ErasureKeyFile { get; init; }

    /// <summary>Where alarms are delivered to; null for nowhere but the dashboard.</summary>
    public WebhookSettings? Webhook { get; init; }

    /// <summary>Days that runs, their logs and alarms are kept for.</summary>
    public int RetentionDays { get; init; } = 90;

    /// <exception cref="SettingException">A variable is malformed.</exception>
    public static JobsSettings FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <param name="variable">The value of a variable by its name, null where it is not set.</param>
    public static JobsSettings From(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var defaults = new JobsSettings();
        string http = Value(HttpVariable) ?? defaults.Http;
        if (!Uri.TryCreate(http, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
            throw new SettingException($"{HttpVariable} is '{http}': expected http://host:port");
        return new JobsSettings
        {
            Http = http,
            Dashboard = new DashboardSettings
            {
                KeyFile = Value(DashboardKeyFileVariable),
                Clients = Networks(DashboardClientsVariable),
                Denied = Networks(DashboardDeniedVariable),
                Forwarders = Networks(DashboardForwardersVariable),
                IngestWorkers = [.. (Value(IngestWorkersVariable) ?? "http://127.0.0.1:8081")
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(IngestWorker)],
                AuditAnchor = Value(AuditAnchorVariable) ?? defaults.Dashboard.AuditAnchor,
            },
            Artifacts = Value(ArtifactsVariable) ?? defaults.Artifacts,
            ErasureKeyFile = Value(ErasureKeyFileVariable),
            Webhook = Value(WebhookVariable) is { } address ? Webhook(address, Value(WebhookKeyFileVariable)) : null,
            RetentionDays = Value(RetentionVariable) is not { } days ? defaults.RetentionDays
                : int.TryParse(days, out int number) && number is >= 1 and <= 3_650 ? number
                : throw new SettingException($"{RetentionVariable} is '{days}': expected 1 to 3650 days"),
        };

        IReadOnlyList<IPNetwork> Networks(string name) =>
            [.. (Value(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => Network(name, text))];

        // An address alone is the network that has no other.
        static IPNetwork Network(string name, string text) =>
            IPNetwork.TryParse(text, out var network) ? network
            : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new SettingException($"{name} has '{text}': expected IP addresses or networks such as 10.1.2.0/24, separated by commas");

        static Uri IngestWorker(string text) =>
            Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
                ? uri
                : throw new SettingException($"{IngestWorkersVariable} has '{text}': expected addresses such as http://host:8081, separated by commas");

        static WebhookSettings Webhook(string address, string? keyFile)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                throw new SettingException($"{WebhookVariable} is '{address}': expected http:// or https://");
            string key = File.Exists(keyFile) ? File.ReadAllText(keyFile).Trim() : "";
            return WebhookSettings.ReadKey(key) is { } bytes
                ? new WebhookSettings(uri, bytes)
                : throw new SettingException($"{WebhookKeyFileVariable}: expected a file with whsec_ and at least {WebhookSettings.FewestKeyBytes} random bytes in base64, or with a random text as long");
        }

        string? Value(string name) => string.IsNullOrWhiteSpace(variable(name)) ? null : variable(name)!.Trim();
    }
}
