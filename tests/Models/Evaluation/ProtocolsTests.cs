using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class ProtocolsTests
{
    [Fact]
    public void Leave_last_out_holds_out_the_latest_title_that_was_wanted()
    {
        var data = InteractionMatrix.FromColumns(
            users: [1, 1, 1, 2, 2, 3, 4, 4],
            contents: [10, 11, 12, 10, 12, 11, 10, 11],
            confidences: [1, 1, -1, 1, 1, 1, -1, -1],
            times: [5, 9, 20, 7, 7, 1, 1, 2]);
        var split = Protocols.Split(Protocols.LeaveLastOut, data, seed: 1);
        Assert.Equal(2, split.EvaluatedUsers);
        Assert.Equal([11L], Ids(split, split.Targets, 0));
        Assert.Equal([10L, 12L], Ids(split, split.Histories, 0));
        Assert.Equal([12L], Ids(split, split.Targets, 1));
        Assert.Equal([1L, 2L], split.UserIds);
        Assert.Equal(data.Count - 2, split.Train.Count);
    }

    [Fact]
    public void The_time_split_trains_on_nothing_later_than_it_tests()
    {
        var data = Generated.PlantedInTime(users: 60, contents: 50);
        var split = Protocols.Split(Protocols.TimeSplit, data, seed: 1);
        Assert.InRange(split.Train.Count, data.Count * 0.75, data.Count * 0.85);
        var times = new Dictionary<(long, long), long>();
        for (var user = 0; user < data.Users.Count; user++)
        {
            for (var n = 0; n < data.ByUser.RowLength(user); n++)
                times[(user, data.ByUser.Columns(user)[n])] = data.LastAt(user)[n];
        }
        var latestTrained = 0L;
        for (var user = 0; user < split.Train.Users.Count; user++)
        {
            foreach (var content in split.Train.ByUser.Columns(user))
            {
                latestTrained = Math.Max(latestTrained, times[(user, content)]);
                times.Remove((user, content));
            }
        }
        Assert.True(latestTrained < times.Values.Min());
    }

    [Fact]
    public void Strong_generalization_never_trains_on_whom_it_evaluates()
    {
        var data = Generated.Planted(users: 300, contents: 60);
        var split = Protocols.Split(Protocols.StrongGeneralization, data, seed: 1);
        Assert.Equal(data.Users.Count / 10, split.EvaluatedUsers + split.SkippedUsers);
        Assert.Equal(data.Users.Count - data.Users.Count / 10, split.Train.Users.Count);
        var heldOut = data.Users.Ids.ToArray().Except(split.Train.Users.Ids.ToArray()).ToArray();
        Assert.Equal(heldOut, split.UserIds);
        for (var row = 0; row < split.EvaluatedUsers; row++)
        {
            var (known, held) = (Ids(split, split.Histories, row), Ids(split, split.Targets, row));
            Assert.Equal((int)((known.Length + held.Length) * Protocols.HeldOutTestShare), held.Length);
            var titles = data.ByUser.Columns(data.Users.IndexOf(heldOut[row])).ToArray().Select(column => data.Contents[column]);
            Assert.Equal(titles, known.Concat(held).Order());
        }
        Assert.NotEqual(split.Train.Digest, Protocols.Split(Protocols.StrongGeneralization, data, seed: 2).Train.Digest);
        Assert.Equal(split.Train.Digest, Protocols.Split(Protocols.StrongGeneralization, data, seed: 1).Train.Digest);
    }

    [Theory]
    [InlineData(Protocols.LeaveLastOut)]
    [InlineData(Protocols.TimeSplit)]
    [InlineData(Protocols.StrongGeneralization)]
    public void Validation_is_cut_from_the_training_part_by_the_same_protocol(string protocol)
    {
        var split = Protocols.Split(protocol, Generated.PlantedInTime(users: 300, contents: 60), seed: 1);
        var validation = Protocols.Validation(split, seed: 1);
        Assert.Equal(protocol, validation.Protocol);
        Assert.True(validation.EvaluatedUsers > 0);
        var trained = Pairs(split.Train).ToHashSet();
        Assert.Subset(trained, Pairs(validation.Train).ToHashSet());
        Assert.True(validation.Train.HasTimes);
        for (var row = 0; row < validation.EvaluatedUsers; row++)
        {
            Assert.Subset(trained, Ids(validation, validation.Targets, row).Select(content => (validation.UserIds[row], content)).ToHashSet());
            Assert.Empty(Ids(validation, validation.Targets, row).Intersect(Ids(validation, validation.Histories, row)));
        }
        if (protocol == Protocols.StrongGeneralization)
            Assert.Empty(validation.UserIds.Intersect(split.UserIds));
    }

    [Fact]
    public void Validation_of_a_given_split_continues_as_it_was_made()
    {
        var (users, contents) = Generated.PlantedPairs(users: 100, contents: 60);
        // A split takes its tables' rows, so each has its own.
        RatingTable Train() => Table([.. users.Zip(contents)]);
        var (last, other) = (contents.Max(), contents.Min());
        var weak = Protocols.Validation(GivenSplit.Create(Train(), Table((1000, last)), foldIn: null), seed: 1);
        Assert.Equal(Protocols.RandomHoldOut, weak.Protocol);
        Assert.Equal(users.Length, weak.Train.Count + weak.Targets.Count);
        Assert.NotEqual(weak.Train.Digest, Protocols.Validation(GivenSplit.Create(Train(), Table((1000, last)), foldIn: null), seed: 2).Train.Digest);
        var strong = Protocols.Validation(GivenSplit.Create(Train(), Table((7, last)), Table((7, other))), seed: 1);
        Assert.Equal(Protocols.StrongGeneralization, strong.Protocol);
        Assert.DoesNotContain(7, strong.UserIds);
    }

    [Fact]
    public void A_given_split_is_taken_as_it_is()
    {
        var split = GivenSplit.Create(Table((1, 10), (1, 11), (2, 10)), Table((1, 12), (2, 13), (3, 10)), foldIn: null);
        Assert.Equal(2, split.EvaluatedUsers);
        Assert.Equal(1, split.SkippedUsers);
        Assert.Equal([10L, 11L, 12L, 13L], split.Train.Contents.Ids);
        Assert.Equal([12L], Ids(split, split.Targets, 0));
        Assert.Equal([10L, 11L], Ids(split, split.Histories, 0));
    }

    [Fact]
    public void What_a_history_has_is_nothing_to_find_and_is_counted()
    {
        var split = GivenSplit.Create(Table((1, 10), (1, 11), (2, 10)), Table((1, 10), (1, 12), (2, 10)), foldIn: null);
        Assert.Equal((1, 1, 2), (split.EvaluatedUsers, split.SkippedUsers, split.KnownTargets));
        Assert.Equal([12L], Ids(split, split.Targets, 0));
        var problem = Assert.Throws<EvaluationException>(() => GivenSplit.Create(Table((1, 10), (1, 11)), Table((1, 10)), foldIn: null));
        Assert.Contains("in the training part as well", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fold_in_rows_are_history_but_not_training()
    {
        var split = GivenSplit.Create(Table((1, 10), (1, 11), (2, 10)), Table((7, 12)), Table((7, 10)));
        Assert.Equal([1L, 2L], split.Train.Users.Ids);
        Assert.Equal([10L], Ids(split, split.Histories, 0));
        Assert.Equal([12L], Ids(split, split.Targets, 0));
    }

    [Theory]
    [InlineData(Protocols.LeaveLastOut)]
    [InlineData(Protocols.TimeSplit)]
    public void Without_times_a_split_by_time_is_refused(string protocol)
    {
        var error = Assert.Throws<EvaluationException>(() => Protocols.Split(protocol, Generated.Checkerboard(10), seed: 1));
        Assert.Contains(protocol, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Protocols.LeaveLastOut)]
    [InlineData(Protocols.TimeSplit)]
    [InlineData(Protocols.StrongGeneralization)]
    public void Planted_tastes_are_found_and_popularity_does_not_find_them(string protocol)
    {
        var split = Protocols.Split(protocol, Generated.PlantedInTime(users: 600, contents: 200), seed: 1);
        var trainer = new ImplicitAlsTrainer(new ImplicitAlsParameters { Rank = 8, Iterations = 8 });
        var learned = Recall(trainer, split);
        var popular = Recall(new PopularityTrainer(), split);
        Assert.True(learned > 1.3 * popular, $"{learned:F3} against {popular:F3}");
    }

    [Fact]
    public void The_interval_is_that_of_the_mean_difference()
    {
        var random = new Random(1);
        var baseline = Enumerable.Range(0, 2000).Select(_ => random.NextDouble()).ToArray();
        var challenger = baseline.Select(value => value + random.NextDouble() - 0.4).ToArray();
        var comparison = PairedComparison.Of(challenger, baseline, seed: 1);
        // The deviation of a uniform number is 1/√12; 1.96 of its standard error either side.
        var halfWidth = 1.96 / Math.Sqrt(12 * 2000);
        Assert.InRange(comparison.DifferenceHigh - comparison.DifferenceLow, 1.8 * halfWidth, 2.2 * halfWidth);
        Assert.True(comparison.IsBetter);
        Assert.Equal(comparison, PairedComparison.Of(challenger, baseline, seed: 1));
        Assert.False(PairedComparison.Of(baseline, challenger, seed: 1).IsBetter);
    }

    private static double Recall(ITrainer trainer, EvaluationSplit split)
    {
        var model = trainer.Train(split.Train, ComputeOptions.Default, null, TestContext.Current.CancellationToken);
        return Evaluator.Evaluate(model, split, [10], ComputeOptions.Default, TestContext.Current.CancellationToken).Means["recall@10"];
    }

    private static RatingTable Table(params (long User, long Item)[] rows)
    {
        var table = new RatingTable();
        foreach (var (user, item) in rows)
            table.Add(user, item, 1, null);
        return table;
    }

    private static IEnumerable<(long User, long Content)> Pairs(InteractionMatrix data) =>
        from user in Enumerable.Range(0, data.Users.Count)
        from column in data.ByUser.Columns(user).ToArray()
        select (data.Users[user], data.Contents[column]);

    private static long[] Ids(EvaluationSplit split, SparseMatrix rows, int row) =>
        [.. rows.Columns(row).ToArray().Select(column => split.Train.Contents[column])];
}
