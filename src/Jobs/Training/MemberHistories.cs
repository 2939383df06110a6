using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Storage.Events;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>What the events say of members.</summary>
/// <param name="Members">Everyone with an event about a title, ascending; also those whose events say nothing of their taste.</param>
/// <param name="Regions">Region of a member's last event that named one.</param>
/// <param name="Devices">Device of the same.</param>
internal sealed record MemberHistories(
    FeatureSet Features, SignalWeights Weights, IReadOnlyList<long> Members, IReadOnlyDictionary<long, string> Regions, IReadOnlyDictionary<long, string> Devices)
{
    /// <summary>An event's time may be this far ahead of ours and still be accepted.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>What a run is told of them.</summary>
    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [HistoryDays, HalfLifeDays, TrainingParameters.Weights, AsOf];

    /// <summary>Reads what the run's parameters ask for, and records how much it is.</summary>
    public static async Task<MemberHistories> ReadAsync(IEventStore events, JobRun run, CancellationToken cancellationToken)
    {
        await run.StepAsync("reading events", cancellationToken);
        var weights = WeightsOf(run.Parameters);
        var builder = new InteractionBuilder(weights);
        var members = new SortedSet<long>();
        var (regions, devices) = (new Latest(), new Latest());
        var asOf = EndOf(run);
        var end = new DateTimeOffset(asOf, TimeSpan.Zero);
        await foreach (var total in events.AggregateAsync(end - TimeSpan.FromDays(run.Parameters.Get(HistoryDays)), end + ClockSkew, cancellationToken))
        {
            members.Add(total.UserId);
            regions.Add(total.UserId, total.Region, total.LastAt);
            devices.Add(total.UserId, total.Device, total.LastAt);
            builder.Add(new SignalTotal(
                total.UserId, total.ContentId, total.PlayedSeconds, total.DurationSeconds, total.Completed, total.Rating, total.Liked, total.Listed,
                total.LastAt, total.LastPlayedAt, total.LastTroubleAt, total.Clicked, total.Exposure));
        }
        var features = builder.BuildAll(asOf);
        run.Metric("members", members.Count);
        run.Metric("titles", features.Interactions.Contents.Count);
        run.Metric("interactions", features.Interactions.Count);
        run.Metric("hints", features.Hints.Count);
        return new MemberHistories(features, weights, [.. members], regions.Values, devices.Values);
    }

    /// <summary>End of the events that a run learns from.</summary>
    public static DateTime EndOf(JobRun run) => run.Parameters.Get(AsOf) ?? run.StartedAt;

    /// <summary>Share of the members that nothing is trained on and that the gate asks.</summary>
    public double HeldOutShareOf(JobRun run) =>
        run.Parameters.Get(HeldOutShare) is > 0 and var given ? given : FrozenMembers.ShareFor(Features.Interactions.Users.Count);

    /// <summary>Says where was looked, for a run that found nothing to learn from.</summary>
    public static async Task<string> NothingAsync(IEventStore events, JobRun run, CancellationToken cancellationToken) =>
        $"no event in the range says what anybody likes: {await EventRange.DescribeAsync(events, run.Parameters.Get(HistoryDays), EndOf(run), cancellationToken)}";

    /// <summary>The last of the values that were named, by member; of two at the same time the one that comes later in the alphabet.</summary>
    private sealed class Latest
    {
        private readonly Dictionary<long, DateTime> _times = [];

        public Dictionary<long, string> Values { get; } = [];

        public void Add(long member, string? value, DateTime at)
        {
            if (value is null)
                return;
            int order = _times.TryGetValue(member, out var known) ? at.CompareTo(known) : 1;
            if (order < 0 || (order == 0 && string.CompareOrdinal(value, Values[member]) <= 0))
                return;
            _times[member] = at;
            Values[member] = value;
        }
    }
}
