using System.Net;

namespace Pipeline.Dashboard;

/// <summary>How the dashboard is reached, and what keeps it closed to others.</summary>
public sealed record DashboardSettings
{
    /// <summary>File with the secret that session-bound tokens, second factors and the audit are keyed by. Without one the dashboard is closed.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Networks besides this machine's loopback that are answered.</summary>
    public IReadOnlyList<IPNetwork> Clients { get; init; } = [];

    /// <summary>Networks that are not, though <see cref="Clients"/> has them.</summary>
    public IReadOnlyList<IPNetwork> Denied { get; init; } = [];

    /// <summary>Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.</summary>
    public IReadOnlyList<IPNetwork> Forwarders { get; init; } = [];

    /// <summary>Where ingest workers answer /health and /metrics.</summary>
    public IReadOnlyList<Uri> IngestWorkers { get; init; } = [];

    /// <summary>Kafka's bootstrap servers, only to ask whether they answer; null where the host was not told.</summary>
    public string? Kafka { get; init; }

    /// <summary>File outside the database that the audit's head is written down in.</summary>
    public string AuditAnchor { get; init; } = Path.Combine(".run", "audit-anchor");
}
