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
/// <param name="Titles">What the catalogue says of titles, also of those that nobody has watched.</param>
/// <param name="NewTitles">Titles that nobody has watched and that may yet be listed.</param>
/// <param name="Masks">What members may not be shown until the next night.</param>
internal sealed record TrainingData(MemberHistories Histories, KnownTitles Titles, IReadOnlySet<long> NewTitles, MemberMasks Masks)
{
    /// <summary>Reads what the run's parameters ask for, and records how much it is.</summary>
    public static async Task<TrainingData> ReadAsync(IEventStore events, TitleStore titles, RightsReader rights, JobRun run, CancellationToken cancellationToken)
    {
        var known = new KnownTitles(await titles.ReadAsync(cancellationToken));
        var granted = await rights.ReadAsync(TrainRecommendationsJob.JobName, run.StartedAt, cancellationToken);
        var histories = await MemberHistories.ReadAsync(events, run, cancellationToken);
        var watched = histories.Features.Interactions.Contents;
        var unwatched = known.ReleasedWithin(run.Parameters.Get(NewTitleDays), MemberHistories.EndOf(run)).Where(id => watched.IndexOf(id) < 0).ToHashSet();
        run.Metric("newTitles", unwatched.Count);
        return new TrainingData(histories, known, unwatched, granted.For(histories.Regions.GetValueOrDefault));
    }

    public FeatureSet Features => Histories.Features;

    public SignalWeights Weights => Histories.Weights;

    public IReadOnlyList<long> Members => Histories.Members;

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
        .. Pipeline.Models.Evaluation.Slices.ByAttribute(split, "region", Histories.Regions.GetValueOrDefault),
        .. Pipeline.Models.Evaluation.Slices.ByAttribute(split, "device", Histories.Devices.GetValueOrDefault),
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
}
