using System.Text.Json;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Runs;

/// <summary>One attempt of a job, as the job sees it: its parameters, and where it tells how it goes.</summary>
public sealed class JobRun
{
    private const int MostMetrics = 100;

    private readonly RunStore _store;
    private readonly TimeSpan _leaseDuration;
    private readonly Action<string> _follow;
    private readonly Dictionary<string, double> _metrics = new(StringComparer.Ordinal);
    private volatile Position _position = new(null, null);

    internal JobRun(RunStore store, RunLease lease, TimeSpan leaseDuration, DateTime startedAt, ParameterValues parameters, Action<string> follow)
    {
        _store = store;
        _leaseDuration = leaseDuration;
        _follow = follow;
        Lease = lease;
        StartedAt = startedAt;
        Parameters = parameters;
    }

    /// <summary>The right to publish.</summary>
    public RunLease Lease { get; }

    /// <summary>UTC, by the database's clock.</summary>
    public DateTime StartedAt { get; }

    public ParameterValues Parameters { get; }

    /// <summary>What the run measured so far.</summary>
    public IReadOnlyDictionary<string, double> Metrics => _metrics;

    internal string MetricsJson => JsonSerializer.Serialize(_metrics);

    /// <summary>Begins a new step; it is recorded at once, with a heartbeat.</summary>
    public async Task StepAsync(string step, CancellationToken cancellationToken)
    {
        _position = new Position(step, null);
        _follow(step);
        await HeartbeatAsync(cancellationToken);
    }

    /// <summary>How far the step is, 0 to 1; recorded with the next heartbeat.</summary>
    public void Progress(double fraction) => _position = _position with { Fraction = Math.Clamp(fraction, 0, 1) };

    /// <summary>Adds a line to the run's log.</summary>
    public async Task LogAsync(string message, CancellationToken cancellationToken)
    {
        _follow(message);
        await _store.LogAsync(Lease, message, cancellationToken);
    }

    /// <summary>Records a number of the run under a name; the last one counts. Numbers that JSON cannot write are left out.</summary>
    public void Metric(string name, double value)
    {
        if (double.IsFinite(value) && (_metrics.Count < MostMetrics || _metrics.ContainsKey(name)))
            _metrics[name] = value;
    }

    /// <exception cref="LeaseLostException">Another attempt has taken the run.</exception>
    internal async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        var position = _position;
        if (!await _store.HeartbeatAsync(Lease, _leaseDuration, position.Step, position.Fraction, cancellationToken))
            throw new LeaseLostException(Lease);
    }

    private sealed record Position(string? Step, double? Fraction);
}
