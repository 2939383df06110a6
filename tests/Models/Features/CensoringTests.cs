using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Features;

/// <summary>Who is driven out of a title has not said anything against it.</summary>
[Trait("speed", "fast")]
public sealed class CensoringTests
{
    private const int Members = 1_500;
    private const int Titles = 60;
    private const int Hits = 8;
    private const double Runtime = 3_600;

    private static readonly DateTime Now = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly SignalWeights Naive = SignalWeights.Default with { CensoredWithinSeconds = 0 };

    [Fact]
    public void An_exit_right_after_a_stall_is_no_dislike_and_counts_as_what_others_watched_from_there()
    {
        Signal[] others = [.. Enumerable.Range(10, 200).Select(member => Watch(member, 10, 0.8 * Runtime))];
        Signal[] cut = [Watch(1, 10, 0.3 * Runtime), Trouble(1, 10, after: 20)];
        Assert.Equal(0.8, Confidence(SignalWeights.Default, [.. others, .. cut], member: 1), 0.02);
        Assert.Equal(0.3, Confidence(Naive, [.. others, .. cut], member: 1), 0.001);
    }

    [Fact]
    public void An_exit_long_after_a_stall_is_a_wish()
    {
        Signal[] others = [.. Enumerable.Range(10, 200).Select(member => Watch(member, 10, 0.8 * Runtime))];
        Signal[] stayed = [Trouble(1, 10, after: 20), Watch(1, 10, 0.3 * Runtime) with { At = Now.AddSeconds(20 + 61) }];
        Assert.Equal(0.3, Confidence(SignalWeights.Default, [.. others, .. stayed], member: 1), 0.001);
    }

    [Fact]
    public void A_title_that_could_not_be_started_is_a_hint_and_may_be_recommended()
    {
        var builder = new InteractionBuilder(SignalWeights.Default);
        for (var member = 10; member < 100; member++)
            builder.Add(Watch(member, 10, Runtime));
        builder.Add(Trouble(1, 10, after: 0));
        var features = builder.BuildAll(Now);
        Assert.Equal(-1, features.Interactions.Users.IndexOf(1));
        Assert.Equal([1], features.Hints.Users.Ids.ToArray());
        Assert.True(features.Hints.ByUser.Values(0)[0] > 0.5);
    }

    [Fact]
    public void What_was_shown_and_not_chosen_is_a_weak_hint_by_where_it_stood()
    {
        var builder = new InteractionBuilder(SignalWeights.Default);
        builder.Add(Watch(1, 10, Runtime));
        builder.Add(new Signal(1, 20, SignalKind.Impression, Now, Place: 0));
        builder.Add(new Signal(1, 21, SignalKind.Impression, Now, Place: 4));
        builder.Add(new Signal(1, 22, SignalKind.Impression, Now, Place: 9));
        builder.Add(new Signal(1, 23, SignalKind.Impression, Now, Place: 9));
        builder.Add(new Signal(1, 24, SignalKind.Impression, Now, Place: 0));
        builder.Add(new Signal(1, 24, SignalKind.Click, Now));
        for (var n = 0; n < 50; n++)
            builder.Add(new Signal(1, 20, SignalKind.Impression, Now.AddDays(-1), Place: 0));
        var features = builder.BuildAll(Now);

        Assert.Equal([10], features.Interactions.Contents.Ids.ToArray());
        // Three for the one that was watched, those most exposed; none that was clicked.
        Assert.Equal([20, 21, 22], features.Hints.Contents.Ids.ToArray());
        Assert.Equal([-0.2f, -0.01f, -0.005f], features.Hints.ByUser.Values(0).ToArray());
        // They are learned from over the catalogue of what was watched, and are on nobody's history.
        Assert.Equal(1, features.ForTraining(_ => true).Contents.Count);
    }

    [Fact]
    public void An_outage_of_the_delivery_network_does_not_drop_the_hits()
    {
        var (calm, _) = Rank(SignalWeights.Default, outage: false);
        var (kept, listedKept) = Rank(SignalWeights.Default, outage: true);
        var (dropped, listedDropped) = Rank(Naive, outage: true);

        long[] hits = [.. calm.Take(Hits)];
        Assert.Equal(hits.Order(), Enumerable.Range(0, Hits).Select(title => (long)title));
        Assert.Equal(hits.Order(), kept.Take(Hits).Order());
        Assert.True(dropped.Take(Hits).Intersect(hits).Count() <= Hits / 2, "without censoring most hits leave the top");
        Assert.True(listedKept > 1.2 * listedDropped, $"places of hits on lists: {listedKept} kept, {listedDropped} dropped");
    }

    /// <summary>
    /// Everybody watches some titles almost to the end, hits more often. In the outage nine of ten viewings of hits, which the
    /// overloaded servers carry, stall within the first twentieth to tenth and are left.
    /// </summary>
    /// <returns>Titles by total confidence, best first; and how many places hits take on the lists of a trained model.</returns>
    private static (long[] Ranking, int HitsListed) Rank(SignalWeights weights, bool outage)
    {
        var random = new Random(3);
        var builder = new InteractionBuilder(weights);
        for (var member = 0; member < Members; member++)
        {
            for (var title = 0; title < Titles; title++)
            {
                var (watches, fraction, driven, at) = (random.NextDouble() < (title < Hits ? 0.3 : 0.12), 0.7 + (0.3 * random.NextDouble()), random.NextDouble() < 0.9, random.NextDouble());
                if (!watches)
                    continue;
                var left = outage && driven && title < Hits;
                builder.Add(Watch(member, title, Runtime * (left ? 0.05 + (0.05 * at) : fraction)));
                if (left)
                    builder.Add(Trouble(member, title, after: 10));
            }
        }
        var interactions = builder.Build(Now);
        var sums = Enumerable.Range(0, interactions.Contents.Count).Select(content => interactions.ByContent.Values(content).ToArray().Sum()).ToArray();
        var model = new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 4, Iterations = 8 }).Train(interactions, ComputeOptions.Default, null, TestContext.Current.CancellationToken);
        var listed = model.Recommend(interactions.ByUser, new TopKOptions(10), ComputeOptions.Default, TestContext.Current.CancellationToken)
            .Sum(block => Enumerable.Range(0, block.RowCount).Sum(row => block.Items(row).ToArray().Count(item => interactions.Contents[item] < Hits)));
        return ([.. Enumerable.Range(0, sums.Length).OrderByDescending(content => sums[content]).Select(content => interactions.Contents[content])], listed);
    }

    private static float Confidence(SignalWeights weights, Signal[] signals, long member)
    {
        var builder = new InteractionBuilder(weights);
        foreach (var signal in signals)
            builder.Add(signal);
        var matrix = builder.Build(Now);
        return matrix.ByUser.Values(matrix.Users.IndexOf(member))[0];
    }

    private static Signal Watch(long member, long title, double seconds) => new(member, title, SignalKind.Watch, Now, seconds, Runtime);

    private static Signal Trouble(long member, long title, double after) => new(member, title, SignalKind.Trouble, Now.AddSeconds(after), 0, Runtime);
}
