using Microsoft.Extensions.Hosting;

namespace Pipeline.Dashboard.Watching;

/// <summary>What all ingest workers together said at one time.</summary>
/// <param name="At">UTC.</param>
/// <param name="Lag">Events not stored yet, by partition.</param>
/// <param name="Outcomes">Events since the workers started, by outcome.</param>
/// <param name="Refusals">Events refused since the workers started, by code.</param>
public sealed record IngestSample(
    DateTime At, IReadOnlyDictionary<int, long> Lag, IReadOnlyDictionary<string, double> Outcomes, IReadOnlyDictionary<string, double> Refusals, bool Paused)
{
    public long TotalLag => Lag.Values.Sum();
}

/// <summary>Looks at the ingest workers' /metrics every ten seconds, and remembers an hour.</summary>
public sealed class IngestWatch(DashboardSettings settings, TimeProvider clock) : BackgroundService
{
    private const int Remembered = 360;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HttpClient _client = new() { Timeout = Patience };
    private readonly Lock _lock = new();
    private readonly Queue<IngestSample> _samples = new(Remembered);

    /// <summary>Why workers could not be asked the last time, by address; the kind of error only.</summary>
    public IReadOnlyDictionary<string, string> Silent { get; private set; } = new Dictionary<string, string>();

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<IngestSample> Samples
    {
        get
        {
            lock (_lock)
                return [.. _samples];
        }
    }

    /// <summary>The newest; null where no worker has answered.</summary>
    public IngestSample? Latest => Samples is [.., var latest] ? latest : null;

    /// <summary>Events a second that ended in an outcome, over the last minute; null where that cannot be said.</summary>
    public double? Rate(string outcome)
    {
        var samples = Samples;
        return samples.Count < 2 ? null : Rate(samples[Math.Max(0, samples.Count - 7)], samples[^1], outcome);
    }

    /// <summary>Events a second between two samples; null where a worker has started anew between them.</summary>
    internal static double? Rate(IngestSample from, IngestSample to, string outcome)
    {
        double seconds = (to.At - from.At).TotalSeconds;
        double events = to.Outcomes.GetValueOrDefault(outcome) - from.Outcomes.GetValueOrDefault(outcome);
        return seconds > 0 && events >= 0 ? events / seconds : null;
    }

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var silent = new Dictionary<string, string>(StringComparer.Ordinal);
        var metrics = new List<MetricSample>();
        foreach (var worker in settings.IngestWorkers)
        {
            try
            {
                metrics.AddRange(PrometheusText.Read(await _client.GetStringAsync(new Uri(worker, "/metrics"), cancellationToken)));
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && error is HttpRequestException or TaskCanceledException)
            {
                silent[worker.Authority] = (error as HttpRequestException)?.HttpRequestError.ToString() ?? "no answer in time";
            }
        }
        Silent = silent;
        if (silent.Count == settings.IngestWorkers.Count)
            return;
        lock (_lock)
        {
            if (_samples.Count == Remembered)
                _samples.Dequeue();
            _samples.Enqueue(Sum(metrics));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.IngestWorkers.Count == 0)
            return;
        using var timer = new PeriodicTimer(Interval, clock);
        do
            await LookAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IngestSample Sum(List<MetricSample> metrics)
    {
        var lag = metrics.Where(sample => sample.Name.StartsWith("ingest_lag", StringComparison.Ordinal) && sample.Labels.ContainsKey("partition"))
            .Where(sample => int.TryParse(sample.Labels["partition"], out _))
            .GroupBy(sample => int.Parse(sample.Labels["partition"])).ToDictionary(group => group.Key, group => (long)group.Max(sample => sample.Value));
        return new IngestSample(
            clock.GetUtcNow().UtcDateTime, lag, By("ingest_events", "outcome"), By("ingest_refusals", "code"),
            metrics.Any(sample => sample.Name == "ingest_paused" && sample.Value > 0));

        Dictionary<string, double> By(string name, string label) => metrics
            .Where(sample => sample.Name.StartsWith(name, StringComparison.Ordinal) && sample.Labels.ContainsKey(label))
            .GroupBy(sample => sample.Labels[label]).ToDictionary(group => group.Key, group => group.Sum(sample => sample.Value), StringComparer.Ordinal);
    }
}
