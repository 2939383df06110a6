using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Pipeline.Dashboard.Watching;

/// <summary>What the ingest workers that answered said at one time.</summary>
/// <param name="At">UTC.</param>
/// <param name="Lag">Events not stored yet, by partition.</param>
/// <param name="Workers">Events by outcome since the worker started, by its address.</param>
public sealed record IngestSample(
    DateTime At, IReadOnlyDictionary<int, long> Lag, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Workers, bool Paused)
{
    public long TotalLag => Lag.Values.Sum();

    /// <summary>Null where the worker did not answer.</summary>
    internal double? Events(string worker, string outcome) => Workers.TryGetValue(worker, out var outcomes) ? outcomes.GetValueOrDefault(outcome) : null;
}

/// <summary>Looks at the ingest workers' /metrics every few seconds, and remembers an hour.</summary>
public sealed class IngestWatch(DashboardSettings settings, TimeProvider clock) : BackgroundService
{
    /// <summary>With the feed's own interval, what a page shows is no older than five seconds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>What nobody has confirmed for so long is not what there is.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>Between samples that are older than <see cref="RateWindow"/>: as fine as a chart can be drawn.</summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(10);

    private static readonly string[] Outcomes = ["stored", "duplicate", "refused"];

    private readonly HttpClient _client = new() { Timeout = Patience };
    private readonly Lock _lock = new();
    private readonly List<IngestSample> _samples = [];

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

    /// <summary>The newest; null where no worker has answered for <see cref="Longest"/>.</summary>
    public IngestSample? Latest => Samples is [.., var latest] && clock.GetUtcNow().UtcDateTime - latest.At <= Longest ? latest : null;

    /// <summary>When a worker answered last; null where none ever has.</summary>
    public DateTime? HeardAt => Samples is [.., var latest] ? latest.At : null;

    /// <summary>Another text whenever a page may show something else.</summary>
    public string Pulse
    {
        get
        {
            var latest = Latest;
            var lag = latest?.Lag.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}") ?? [];
            var rates = Outcomes.Select(outcome => Rate(outcome)?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-");
            return string.Join(' ', [latest is null ? "silent" : latest.Paused ? "paused" : "takes", .. lag, .. rates, .. Silent.Keys.Order(StringComparer.Ordinal)]);
        }
    }

    /// <summary>Events a second that ended in an outcome, over the last minute, of the workers that answer; null where that cannot be said.</summary>
    public double? Rate(string outcome)
    {
        if (Latest is not { } latest)
            return null;
        var window = Samples.Where(sample => latest.At - sample.At <= RateWindow).ToList();
        return Sum(latest.Workers.Keys.Select(worker => Rate(window, worker, outcome)));
    }

    /// <summary>Events a second between two samples, of the workers that answered both times; null where one has started anew between them.</summary>
    internal static double? Rate(IngestSample from, IngestSample to, string outcome)
    {
        var rates = to.Workers.Keys.Where(from.Workers.ContainsKey).Select(worker => Rate([from, to], worker, outcome)).ToList();
        return rates.Contains(null) ? null : Sum(rates);
    }

    public override void Dispose()
    {
        _client.Dispose();
        base.Dispose();
    }

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(settings.IngestWorkers.Select(async worker => (Worker: worker.Authority, Answer: await AskAsync(worker, cancellationToken))));
        Silent = answers.Where(one => one.Answer.Fault is not null).ToDictionary(one => one.Worker, one => one.Answer.Fault!, StringComparer.Ordinal);
        var heard = answers.Where(one => one.Answer.Fault is null).ToDictionary(one => one.Worker, one => one.Answer.Metrics, StringComparer.Ordinal);
        if (heard.Count == 0)
            return;
        var sample = Read(heard);
        lock (_lock)
        {
            _samples.Add(sample);
            Thin(sample.At);
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

    /// <summary>Events a second of a worker since it answered first, or started; null where it has answered once only since.</summary>
    private static double? Rate(IEnumerable<IngestSample> samples, string worker, string outcome)
    {
        (DateTime At, double Events)? first = null, last = null;
        foreach (var sample in samples)
        {
            if (sample.Events(worker, outcome) is not { } events)
                continue;
            // A counter that has fallen begins anew.
            first = last is { } before && events >= before.Events ? first : (sample.At, events);
            last = (sample.At, events);
        }
        double seconds = (last?.At - first?.At)?.TotalSeconds ?? 0;
        return seconds > 0 ? (last!.Value.Events - first!.Value.Events) / seconds : null;
    }

    private static double? Sum(IEnumerable<double?> rates) => rates.OfType<double>().ToList() is { Count: > 0 } known ? known.Sum() : null;

    private async Task<(IReadOnlyList<MetricSample> Metrics, string? Fault)> AskAsync(Uri worker, CancellationToken cancellationToken)
    {
        try
        {
            return ([.. PrometheusText.Read(await _client.GetStringAsync(new Uri(worker, "/metrics"), cancellationToken))], null);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return ([], error is OperationCanceledException ? "no answer in time" : (error as HttpRequestException)?.HttpRequestError.ToString() ?? error.GetType().Name);
        }
    }

    /// <summary>Forgets what is too old, and what stands too close together to be drawn.</summary>
    private void Thin(DateTime now)
    {
        _samples.RemoveAll(sample => now - sample.At > Remembered);
        var kept = DateTime.MinValue;
        _samples.RemoveAll(sample =>
        {
            if (now - sample.At <= RateWindow || sample.At - kept >= Spacing)
            {
                kept = sample.At;
                return false;
            }
            return true;
        });
    }

    private IngestSample Read(Dictionary<string, IReadOnlyList<MetricSample>> heard)
    {
        var all = heard.Values.SelectMany(metrics => metrics).ToList();
        var lag = all.Where(sample => sample.Name.StartsWith("ingest_lag", StringComparison.Ordinal) && sample.Labels.ContainsKey("partition"))
            .Where(sample => int.TryParse(sample.Labels["partition"], out _))
            .GroupBy(sample => int.Parse(sample.Labels["partition"])).ToDictionary(group => group.Key, group => (long)group.Max(sample => sample.Value));
        return new IngestSample(
            clock.GetUtcNow().UtcDateTime, lag, heard.ToDictionary(pair => pair.Key, IReadOnlyDictionary<string, double> (pair) => ByOutcome(pair.Value), StringComparer.Ordinal),
            all.Any(sample => sample.Name == "ingest_paused" && sample.Value > 0));
    }

    private static Dictionary<string, double> ByOutcome(IReadOnlyList<MetricSample> metrics) => metrics
        .Where(sample => sample.Name.StartsWith("ingest_events", StringComparison.Ordinal) && sample.Labels.ContainsKey("outcome"))
        .GroupBy(sample => sample.Labels["outcome"]).ToDictionary(group => group.Key, group => group.Sum(sample => sample.Value), StringComparer.Ordinal);
}
