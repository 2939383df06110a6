using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;

namespace Pipeline.Models.Tests.Evaluation;

[Trait("speed", "fast")]
public sealed class BootstrapTests
{
    [Theory]
    [InlineData(0.06032, "+0.0603")]
    [InlineData(-0.06032, "-0.0603")]
    [InlineData(-0.00001, "+0.0000")]
    [InlineData(0.00001, "+0.0000")]
    [InlineData(0, "+0.0000")]
    public void A_difference_is_written_with_one_sign(double difference, string written) =>
        Assert.Equal(written, PairedComparison.Signed(difference));

    [Fact]
    public void Columns_share_their_draws()
    {
        var random = new Random(1);
        var first = Enumerable.Range(0, 300).Select(_ => random.NextDouble()).ToArray();
        var second = first.Select(value => value + 1).ToArray();
        var means = Bootstrap.Means([first, second], seed: 5);
        Assert.All(means[0].Zip(means[1]), pair => Assert.Equal(1, pair.Second - pair.First, 1e-9));
        Assert.Equal(Bootstrap.Intervals([first], seed: 5)[0], Bootstrap.Intervals([first, second], seed: 5)[0]);
        Assert.NotEqual(Bootstrap.Intervals([first], seed: 5)[0], Bootstrap.Intervals([first], seed: 6)[0]);
    }

    [Fact]
    public void The_interval_holds_the_truth_about_as_often_as_it_says()
    {
        var random = new Random(2);
        var held = 0;
        const int Rounds = 400;
        for (var round = 0; round < Rounds; round++)
        {
            var sample = Enumerable.Range(0, 100).Select(_ => random.NextDouble() < 0.3 ? 1.0 : 0).ToArray();
            var interval = Bootstrap.Intervals([sample], seed: round)[0];
            held += interval.Low <= 0.3 && 0.3 <= interval.High ? 1 : 0;
        }
        Assert.InRange(held, 0.91 * Rounds, 0.98 * Rounds);
    }

    [Fact]
    public void An_interval_of_nobody_is_refused() => Assert.Throws<ArgumentException>(() => Bootstrap.Intervals([[]], seed: 1));
}

[Trait("speed", "fast")]
public sealed class SlicesTests
{
    [Fact]
    public void Members_are_new_light_or_heavy()
    {
        var split = Split([3, 5, 6, 8, 9, 30]);
        var slices = Slices.ByActivity(split);
        Assert.Equal([Slices.New, Slices.Light, Slices.Heavy], slices.Select(slice => slice.Name));
        Assert.Equal([[0, 1], [2, 3], [4, 5]], slices.Select(slice => slice.Rows));
        Assert.Equal([12.0, 13], slices[1].Select([10, 11, 12, 13, 14, 15]));
        Assert.Equal([Slices.New], Slices.ByActivity(Split([1, 2])).Select(slice => slice.Name));
    }

    [Fact]
    public void Attributes_slice_by_value_and_leave_out_whom_they_do_not_know()
    {
        var slices = Slices.ByAttribute(Split([1, 1, 1, 1]), "region", user => user switch { 0 => "KR", 1 => null, _ => "JP" });
        Assert.Equal(["region=JP", "region=KR"], slices.Select(slice => slice.Name));
        Assert.Equal([2, 3], slices[0].Rows);
    }

    private static EvaluationSplit Split(int[] historyLengths)
    {
        var builder = new SparseBuilder(40);
        foreach (var length in historyLengths)
        {
            for (var content = 0; content < length; content++)
                builder.Add(content, 1);
            builder.EndRow();
        }
        var rows = builder.Build();
        var train = InteractionMatrix.FromColumns([1], [1], [], []);
        return new EvaluationSplit("a test", train, rows, rows, 0) { UserIds = [.. Enumerable.Range(0, historyLengths.Length).Select(user => (long)user)] };
    }
}
