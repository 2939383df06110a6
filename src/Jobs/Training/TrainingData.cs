using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Titles;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>What the events say, as training needs it.</summary>
/// <param name="Members">Everyone with an event about a title, ascending; also those whose events say nothing of their taste.</param>
/// <param name="Regions">Region of a member's last event that named one.</param>
/// <param name="Devices">Device of the same.</param>
/// <param name="Titles">What the catalogue says of titles, also of those that nobody has watched.</param>
/// <param name="NewTitles">Titles that nobody has watched and that may yet be listed.</param>
/// <param name="Masks">What members may not be shown until the next night.</param>
internal sealed record TrainingData(
    FeatureSet Features,
    SignalWeights Weights,
    IReadOnlyList<long> Members,
    IReadOnlyDictionary<long, string> Regions,
    IReadOnlyDictionary<long, string> Devices,
    KnownTitles Titles,
    IReadOnlySet<long> NewTitles,
    MemberMasks Masks)
{
    /// <summary>An event's time may be this far ahead of ours and still be accepted.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>Reads what the run's parameters ask for, and records how much it is.</summary>
    public static async Task<TrainingData> ReadAsync(IEventStore events, TitleStore titles, RightsReader rights, JobRun run, CancellationToken cancellationToken)
    {
        await run.StepAsync("reading events", cancellationToken);
        var known = new KnownTitles(await titles.ReadAsync(cancellationToken));
        var granted = await rights.ReadAsync(TrainRecommendationsJob.JobName, run.StartedAt, cancellationToken);
        var data = await ReadAsync(
            events, known, granted, run.Parameters.Get(AsOf) ?? run.StartedAt, run.Parameters.Get(HistoryDays), run.Parameters.Get(NewTitleDays), WeightsOf(run.Parameters), cancellationToken);
        run.Metric("members", data.Members.Count);
        run.Metric("titles", data.Interactions.Contents.Count);
        run.Metric("newTitles", data.NewTitles.Count);
        run.Metric("interactions", data.Interactions.Count);
        run.Metric("hints", data.Features.Hints.Count);
        return data;
    }

    private static async Task<TrainingData> ReadAsync(
        IEventStore events, KnownTitles titles, MemberRights rights, DateTime asOf, int historyDays, int newTitleDays, SignalWeights weights, CancellationToken cancellationToken)
    {
        var builder = new InteractionBuilder(weights);
        var members = new SortedSet<long>();
        var (regions, devices) = (new Latest(), new Latest());
        var end = new DateTimeOffset(asOf, TimeSpan.Zero);
        await foreach (var total in events.AggregateAsync(end - TimeSpan.FromDays(historyDays), end + ClockSkew, cancellationToken))
        {
            members.Add(total.UserId);
            regions.Add(total.UserId, total.Region, total.LastAt);
            devices.Add(total.UserId, total.Device, total.LastAt);
            builder.Add(new SignalTotal(
                total.UserId, total.ContentId, total.PlayedSeconds, total.DurationSeconds, total.Completed, total.Rating, total.Liked, total.Listed,
                total.LastAt, total.LastPlayedAt, total.LastTroubleAt, total.Clicked, total.Exposure));
        }
        var features = builder.BuildAll(asOf);
        var unwatched = titles.ReleasedWithin(newTitleDays, asOf).Where(id => features.Interactions.Contents.IndexOf(id) < 0);
        return new TrainingData(features, weights, [.. members], regions.Values, devices.Values, titles, unwatched.ToHashSet(), rights.For(regions.Values.GetValueOrDefault));
    }

    /// <summary>What members have had of titles.</summary>
    public InteractionMatrix Interactions => Features.Interactions;

    /// <summary>Whether a title may stand on a list: somebody has watched it, or it is new.</summary>
    public bool MayList(long content) => Interactions.Contents.IndexOf(content) >= 0 || NewTitles.Contains(content);

    /// <summary>Whether there is no title that a member has not had and may be shown.</summary>
    public bool HasNothingFor(long member)
    {
        int row = Interactions.Users.IndexOf(member);
        ReadOnlySpan<int> had = row < 0 ? default : Interactions.ByUser.Columns(row);
        for (int content = 0; content < Interactions.Contents.Count; content++)
            if (had.BinarySearch(content) < 0 && Masks.ReasonAgainst(member, Interactions.Contents[content]) is null)
                return false;
        return true;
    }

    /// <summary>New, light and heavy members, and those of each region and device.</summary>
    public IReadOnlyList<Slice> Slices(EvaluationSplit split) =>
    [
        .. Pipeline.Models.Evaluation.Slices.ByActivity(split),
        .. Pipeline.Models.Evaluation.Slices.ByAttribute(split, "region", Regions.GetValueOrDefault),
        .. Pipeline.Models.Evaluation.Slices.ByAttribute(split, "device", Devices.GetValueOrDefault),
    ];

    /// <summary>Titles by the number of members who wanted them, most first.</summary>
    public IReadOnlyList<long> Popular()
    {
        var contents = Interactions.Contents;
        return [.. Enumerable.Range(0, contents.Count)
            .OrderByDescending(content => Wanted(Interactions.ByContent.Values(content)))
            .ThenBy(content => contents[content])
            .Select(content => contents[content])];
    }

    private static int Wanted(ReadOnlySpan<float> confidences)
    {
        int wanted = 0;
        foreach (float confidence in confidences)
            wanted += confidence > 0 ? 1 : 0;
        return wanted;
    }

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
