using Pipeline.Dashboard.Charts;

namespace Pipeline.Dashboard.Tests.Charts;

/// <summary>Bars that can be read without their colours.</summary>
[Trait("speed", "fast")]
public sealed class DurationChartTests
{
    [Theory]
    [InlineData(0.0, new double[0])]
    [InlineData(7.0, new[] { 7.0 })]
    [InlineData(3.0, new[] { 5.0, 1.0, 3.0 })]
    [InlineData(2.5, new[] { 9.0, 2.0, 3.0, 1.0 })]
    public void The_median_is_in_the_middle(double median, double[] seconds) =>
        Assert.Equal(median, DurationChart.Median([.. seconds.Select(value => new DurationBar("succeeded", value, ""))]));

    [Fact]
    public void The_scale_is_written_out_and_what_did_not_end_well_is_marked()
    {
        string svg = Svg(("succeeded", 10), ("failed", 30), ("skipped", 0), ("lost", 12), ("running", 20));

        Assert.Contains(">longest 30</text>", svg);
        Assert.Contains(">median 12</text>", svg);
        Assert.Equal(2, Count(svg, $">{DurationChart.BadMark}</text>"));
        Assert.Equal(1, Count(svg, $">{DurationChart.OtherMark}</text>"));
        Assert.Equal(5, Count(svg, "<rect "));
        Assert.Contains("<g class=\"failed\"><title>failed &amp; 30</title><rect", svg);
    }

    [Fact]
    public void No_run_and_runs_of_no_time_are_drawn_too()
    {
        Assert.DoesNotContain("NaN", Svg());
        Assert.DoesNotContain("NaN", Svg(("skipped", 0), ("skipped", 0)));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string Svg(params (string State, double Seconds)[] runs) => DurationChart.Svg(
        [.. runs.Select(run => new DurationBar(run.State, run.Seconds, $"{run.State} & {run.Seconds}"))], "runs",
        (seconds => $"longest {seconds:0}", seconds => $"median {seconds:0}")).ToString()!;
}
