using System.Net;

namespace Pipeline.Jobs;

/// <summary>A variable is set to what it cannot be; the message names it and what it may be.</summary>
public sealed class SettingException(string message) : Exception(message);

/// <summary>How the jobs host works. Addresses of servers are elsewhere: <see cref="Storage.Addresses"/>.</summary>
public sealed record JobsSettings
{
    public const string HttpVariable = "PIPELINE_JOBS_HTTP";
    public const string TokenFileVariable = "PIPELINE_DASHBOARD_TOKEN_FILE";
    public const string DashboardClientsVariable = "PIPELINE_DASHBOARD_CLIENTS";
    public const string ArtifactsVariable = "PIPELINE_ARTIFACTS";

    /// <summary>Where /health, /metrics and /hangfire listen.</summary>
    public string Http { get; init; } = "http://127.0.0.1:8080";

    /// <summary>File with the token that /hangfire asks for; without one nobody gets in.</summary>
    public string? DashboardTokenFile { get; init; }

    /// <summary>
    /// Addresses besides this machine's own that /hangfire answers. A container needs one: what its engine forwards from the host's
    /// loopback comes from the gateway of the container's network.
    /// </summary>
    public IReadOnlyList<IPAddress> DashboardClients { get; init; } = [];

    /// <summary>Folder of the model artifacts.</summary>
    public string Artifacts { get; init; } = Path.Combine(".run", "artifacts");

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
            DashboardTokenFile = Value(TokenFileVariable),
            DashboardClients = [.. (Value(DashboardClientsVariable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Client)],
            Artifacts = Value(ArtifactsVariable) ?? defaults.Artifacts,
        };

        static IPAddress Client(string text) => IPAddress.TryParse(text, out var address)
            ? address
            : throw new SettingException($"{DashboardClientsVariable} has '{text}': expected IP addresses, separated by commas");

        string? Value(string name) => string.IsNullOrWhiteSpace(variable(name)) ? null : variable(name)!.Trim();
    }
}
