using Pipeline.Models.Features;

namespace Pipeline.Models.Tests.Features;

[Trait("speed", "fast")]
public sealed class InteractionBuilderTests
{
    private static readonly DateTime Now = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Watched_time_counts_as_a_fraction_of_the_runtime_and_no_more_than_once()
    {
        Assert.Equal(0.5f, Confidence(Watch(600, 3600), Watch(1200, 3600)));
        Assert.Equal(1f, Confidence(Watch(3600, 3600), Watch(3600, 3600)));
    }

    [Fact]
    public void Looking_in_and_leaving_counts_a_little_against_the_title()
    {
        Assert.Equal(-0.1f, Confidence(Watch(60, 3600)));
        Assert.Equal(0.5f, Confidence(Watch(60, 3600), Of(SignalKind.AddToList)));
        Assert.Equal(0, Build(SignalWeights.Default with { Abandoned = 0 }, [Watch(60, 3600)]).Count);
    }

    [Fact]
    public void A_runtime_that_is_not_known_counts_only_what_was_completed()
    {
        Assert.Equal(0, Build(Watch(3000, 0)).Count);
        Assert.Equal(1.25f, Confidence(Watch(3000, 0), Of(SignalKind.Complete)));
    }

    [Fact]
    public void Explicit_signals_add_up_and_the_latest_of_each_kind_counts()
    {
        Assert.Equal(1.5f, Confidence(Of(SignalKind.Like), Of(SignalKind.AddToList)));
        Assert.Equal(1f, Confidence(Of(SignalKind.Like), Of(SignalKind.AddToList, minute: 1), Of(SignalKind.RemoveFromList, minute: 2)));
        Assert.Equal(1f, Confidence(Of(SignalKind.Dislike, minute: 1), Of(SignalKind.Like, minute: 2)));
        Assert.Equal(-1f, Confidence(Of(SignalKind.Dislike, minute: 2), Of(SignalKind.Like, minute: 1), Watch(3600, 3600)));
    }

    [Theory]
    [InlineData(5, 1f)]
    [InlineData(3.5, 0.5f)]
    [InlineData(2, -1f)]
    [InlineData(0.5, -1f)]
    public void Stars_count_above_two_and_are_a_dislike_below(double stars, float confidence) =>
        Assert.Equal(confidence, Confidence(Of(SignalKind.Rating, value: stars)));

    [Fact]
    public void A_like_stands_against_few_stars() =>
        Assert.Equal(1f, Confidence(Of(SignalKind.Rating, value: 1), Of(SignalKind.Like)));

    [Fact]
    public void Confidence_halves_with_the_half_life()
    {
        var weights = new SignalWeights { RecencyHalfLifeDays = 30 };
        Signal[] signals = [Of(SignalKind.Like) with { At = Now.AddDays(-60) }];
        Assert.Equal(0.25f, Build(weights, signals).ByUser.Values(0)[0]);
        Assert.Equal(1f, Build(weights, [signals[0] with { At = Now.AddDays(1) }]).ByUser.Values(0)[0]);
    }

    [Fact]
    public void The_order_of_signals_does_not_change_the_digest()
    {
        var random = new Random(4);
        var signals = Enumerable.Range(0, 3000).Select(_ => new Signal(
            UserId: random.Next(40),
            ContentId: random.Next(30),
            (SignalKind)random.Next(10),
            Now.AddMinutes(-random.Next(50)),
            WatchedSeconds: random.NextDouble() * 100,
            DurationSeconds: 3600,
            Value: 1 + random.Next(5))).ToArray();
        var digest = Build(signals).Digest;
        random.Shuffle(signals);
        Assert.Equal(digest, Build(signals).Digest);
        signals[0] = signals[0] with { ContentId = 31, Kind = SignalKind.Like };
        Assert.NotEqual(digest, Build(signals).Digest);
    }

    [Fact]
    public void Sums_from_a_store_give_what_the_signals_give()
    {
        Signal[] signals =
        [
            Watch(1200, 3600),
            Watch(1500, 3600) with { At = Now.AddMinutes(-3) },
            Of(SignalKind.Rating, value: 4, minute: 2),
            Of(SignalKind.Complete),
            Of(SignalKind.Dislike, minute: 1) with { UserId = 2 },
            Watch(600, 3600) with { UserId = 3 },
            Of(SignalKind.Trouble, minute: 4) with { UserId = 3 },
            Of(SignalKind.Click, minute: 3) with { UserId = 3 },
            Of(SignalKind.Impression, minute: 30) with { UserId = 3 },
        ];
        var builder = new InteractionBuilder(SignalWeights.Default);
        builder.Add(new SignalTotal(1, 10, 2700, 3600, Completed: true, Rating: 4, Liked: 0, Listed: false, Now.AddMinutes(2), LastPlayedAt: Now));
        builder.Add(new SignalTotal(
            3, 10, 600, 3600, Completed: false, Rating: null, Liked: 0, Listed: false, Now.AddMinutes(4), Now.AddMinutes(4), Now.AddMinutes(4), Clicked: true, Exposure: 1));
        builder.Add(new SignalTotal(2, 10, 0, 0, Completed: false, Rating: null, Liked: -1, Listed: false, Now.AddMinutes(1)));
        Assert.Equal(Build(signals).Digest, builder.Build(Now).Digest);
    }

    [Fact]
    public void Both_ways_through_the_matrix_say_the_same()
    {
        var data = Generated.WithConfidences(users: 50, contents: 40);
        for (var user = 0; user < data.Users.Count; user++)
        {
            for (var n = 0; n < data.ByUser.RowLength(user); n++)
            {
                var content = data.ByUser.Columns(user)[n];
                var back = data.ByContent.Columns(content).BinarySearch(user);
                Assert.Equal(data.ByUser.Values(user)[n], data.ByContent.Values(content)[back]);
            }
        }
        Assert.Equal(data.ByUser.Count, data.ByContent.Count);
    }

    [Fact]
    public void Of_repeated_pairs_the_latest_counts()
    {
        var data = InteractionMatrix.FromColumns([5, 5, 5, 1], [9, 9, 9, 9], [1, 2, 3, 7], [100, 300, 200, 1]);
        Assert.Equal([1, 5], data.Users.Ids);
        Assert.Equal([2f], data.ByUser.Values(1));
        Assert.Equal([300L], data.LastAt(1));
    }

    [Theory]
    [InlineData(new long[] { 1, 2, 3 })]
    [InlineData(new long[] { long.MinValue, -5, 0, long.MaxValue })]
    [InlineData(new long[] { })]
    public void An_index_finds_its_ids_and_no_others(long[] ids)
    {
        var index = IdIndex.Of([.. ids.Reverse(), .. ids]);
        Assert.Equal(ids, index.Ids);
        Assert.Equal([.. Enumerable.Range(0, ids.Length), -1, -1], index.IndexesOf([.. ids, 77, -77]));
        Assert.Equal(-1, index.IndexOf(77));
    }

    private static float Confidence(params Signal[] signals) => Build(signals).ByUser.Values(0)[0];

    private static InteractionMatrix Build(params Signal[] signals) => Build(SignalWeights.Default, signals);

    private static InteractionMatrix Build(SignalWeights weights, Signal[] signals)
    {
        var builder = new InteractionBuilder(weights);
        foreach (var signal in signals)
            builder.Add(signal);
        return builder.Build(Now);
    }

    private static Signal Watch(double seconds, double duration) => new(1, 10, SignalKind.Watch, Now, seconds, duration);

    private static Signal Of(SignalKind kind, int minute = 0, double value = 0) => new(1, 10, kind, Now.AddMinutes(minute), Value: value);
}
