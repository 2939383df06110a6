using Pipeline.Models.Evaluation;

namespace Pipeline.Jobs.Reports;

/// <summary>One algorithm's results.</summary>
/// <param name="Name">What it was called; the algorithm where nothing else was said.</param>
/// <param name="Settings">As trained.</param>
/// <param name="Intervals">Means with their 95 % intervals.</param>
internal sealed record MeasuredAlgorithm(
    string Name,
    string Algorithm,
    IReadOnlyDictionary<string, string> Settings,
    EvaluationResult Result,
    IReadOnlyDictionary<string, Interval> Intervals,
    double TrainSeconds,
    double RankSeconds)
{
    /// <summary>How its settings were found; null where they were given.</summary>
    public SearchReport? Search { get; init; }
}

/// <summary>One that could not be measured.</summary>
internal sealed record FailedAlgorithm(string Name, string Algorithm, string Reason);

/// <summary>What an evaluation found; <see cref="EvaluationTable"/>, <see cref="EvaluationJson"/> and <see cref="EvaluationPage"/> show it.</summary>
/// <param name="Algorithms">The one asked for first, then those it is compared with.</param>
/// <param name="Cutoffs">Ascending.</param>
internal sealed record EvaluationReport(
    EvaluationSplit Split,
    IReadOnlyList<Slice> Slices,
    ContentGroups Groups,
    IReadOnlyList<MeasuredAlgorithm> Algorithms,
    IReadOnlyList<int> Cutoffs,
    int Seed,
    double ReadSeconds)
{
    public IReadOnlyList<FailedAlgorithm> Failed { get; init; } = [];

    public MeasuredAlgorithm Subject => Algorithms[0];

    /// <summary>The algorithm that differences are taken to; the subject itself where it was measured alone.</summary>
    public MeasuredAlgorithm Baseline => Algorithms[^1] == Subject ? Subject : Algorithms[1];

    /// <summary>The measure that comparisons are made in.</summary>
    public string Headline => EvaluationResult.Measure(Metrics.Ndcg, Cutoffs[0]);

    /// <summary>Metrics with a cut-off, in the order of reports.</summary>
    public static IReadOnlyList<Metric> CutoffMetrics { get; } = [.. Metrics.All, .. ListMetrics.All, .. ListMetrics.OfAllLists];

    public PairedComparison Compare(MeasuredAlgorithm other, Slice? slice = null)
    {
        var subject = Subject.Result.PerUser(Headline);
        var baseline = other.Result.PerUser(Headline);
        return slice is null
            ? PairedComparison.Of(subject, baseline, Seed)
            : PairedComparison.Of(slice.Select(subject), slice.Select(baseline), Seed);
    }

    /// <summary>A mean difference with its interval.</summary>
    public static string Difference(PairedComparison comparison) => FormattableString.Invariant(
        $"{PairedComparison.Signed(comparison.Difference)} ({PairedComparison.Signed(comparison.DifferenceLow)} to {PairedComparison.Signed(comparison.DifferenceHigh)})");

    /// <summary>As people read it: four digits, or fewer where there is much before the point.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "F4" : "F1", System.Globalization.CultureInfo.InvariantCulture);
}
