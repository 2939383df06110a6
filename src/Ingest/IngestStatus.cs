using System.Collections.Immutable;

namespace Pipeline.Ingest;

/// <summary>Servers that the worker cannot do without.</summary>
public enum IngestServer
{
    Kafka,
    Store,
}

/// <summary>What /health says: whether the servers answer, and what this worker has to do. Safe from any thread.</summary>
public sealed class IngestStatus(TimeProvider time, ILogger<IngestStatus> logger)
{
    private readonly Lock _lock = new();
    private ImmutableDictionary<IngestServer, Outage> _down = ImmutableDictionary<IngestServer, Outage>.Empty
        .Add(IngestServer.Kafka, new Outage("not asked yet", null))
        .Add(IngestServer.Store, new Outage("not asked yet", null));

    /// <summary>Why a server counts as down; those that are up are not in it.</summary>
    public IReadOnlyDictionary<IngestServer, string> Down => _down.ToDictionary(outage => outage.Key, outage => outage.Value.Reason);

    public bool IsHealthy => _down.IsEmpty;

    /// <summary>No new events are taken because the store is behind.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Events not stored yet, by partition; only partitions of this worker.</summary>
    public ImmutableSortedDictionary<int, long> Lag { get; set; } = ImmutableSortedDictionary<int, long>.Empty;

    public void Answers(IngestServer server)
    {
        if (!_down.ContainsKey(server))
            return;
        lock (_lock)
        {
            if (!_down.TryGetValue(server, out var outage))
                return;
            _down = _down.Remove(server);
            if (outage.Since is { } since)
                Log.ServerUp(logger, server.ToString(), time.GetElapsedTime(since).TotalSeconds);
        }
    }

    public void Fails(IngestServer server, string reason)
    {
        lock (_lock)
        {
            var known = _down.TryGetValue(server, out var outage) && outage.Since is not null;
            _down = _down.SetItem(server, new Outage(reason, known ? outage.Since : time.GetTimestamp()));
            if (!known)
                Log.ServerDown(logger, server.ToString(), reason);
        }
    }

    /// <param name="Since">Null until the server was first asked.</param>
    private readonly record struct Outage(string Reason, long? Since);
}
