using Pipeline.Jobs.Runs;
using Pipeline.Models.Features;
using Pipeline.Storage.Events;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>What the events say, as training needs it.</summary>
/// <param name="Members">Everyone with an event about a title, ascending; also those whose events say nothing of their taste.</param>
internal sealed record TrainingData(InteractionMatrix Interactions, IReadOnlyList<long> Members)
{
    /// <summary>An event's time may be this far ahead of ours and still be accepted.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>Reads what the run's parameters ask for, and records how much it is.</summary>
    public static async Task<TrainingData> ReadAsync(IEventStore events, JobRun run, CancellationToken cancellationToken)
    {
        await run.StepAsync("reading events", cancellationToken);
        var weights = SignalWeights.Default with { RecencyHalfLifeDays = run.Parameters.Get(HalfLifeDays) };
        var data = await ReadAsync(events, run.Parameters.Get(AsOf) ?? run.StartedAt, run.Parameters.Get(HistoryDays), weights, cancellationToken);
        run.Metric("members", data.Members.Count);
        run.Metric("titles", data.Interactions.Contents.Count);
        run.Metric("interactions", data.Interactions.Count);
        return data;
    }

    private static async Task<TrainingData> ReadAsync(
        IEventStore events, DateTime asOf, int historyDays, SignalWeights weights, CancellationToken cancellationToken)
    {
        var builder = new InteractionBuilder(weights);
        var members = new SortedSet<long>();
        var end = new DateTimeOffset(asOf, TimeSpan.Zero);
        await foreach (var total in events.AggregateAsync(end - TimeSpan.FromDays(historyDays), end + ClockSkew, cancellationToken))
        {
            members.Add(total.UserId);
            builder.Add(new SignalTotal(
                total.UserId, total.ContentId, total.WatchedSeconds, total.DurationSeconds, total.Completed, total.Rating, total.Liked, total.Listed, total.LastAt));
        }
        return new TrainingData(builder.Build(asOf), [.. members]);
    }

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
