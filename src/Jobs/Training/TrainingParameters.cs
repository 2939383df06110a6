using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Jobs.Training;

/// <summary>What <c>train-recommendations</c> can be told; letters are those of <see cref="ImplicitAlsParameters"/>.</summary>
internal static class TrainingParameters
{
    private static readonly ImplicitAlsParameters Defaults = new();

    public static readonly JobParameter<string> Algorithm = JobParameters.Text(
        "algorithm", "auto to try what suits the data, or some of the algorithms, separated by commas", string.Join(", ", Trainers.Algorithms),
        TrainingCandidates.Auto, TrainingCandidates.CheckAlgorithms);
    public static readonly JobParameter<string> Settings = JobParameters.Text(
        "settings", "settings of algorithms, separated by commas", "such as ials.sigma=0.05", "", TrainingCandidates.CheckSettings);
    public static readonly JobParameter<int> Rank = JobParameters.Whole("rank", "ials d: numbers per member and per title", Defaults.Rank, 1, 1_024);
    public static readonly JobParameter<int> Iterations = JobParameters.Whole("iterations", "ials T: passes over the interactions", Defaults.Iterations, 1, 1_000);
    public static readonly JobParameter<double> Alpha = JobParameters.Number("alpha", "ials α₀: weight of a pair that nothing is known of", Defaults.UnobservedWeight, 0, 1_000);
    public static readonly JobParameter<double> Lambda = JobParameters.Number("lambda", "ials λ: regularization, 0 to choose it from the data", Defaults.Regularization, 0, 1e6);
    public static readonly JobParameter<double> Nu = JobParameters.Number("nu", "ials ν: how far regularization grows with a row's weight", Defaults.FrequencyExponent, 0, 2);
    public static readonly JobParameter<int> Seed = JobParameters.Whole("seed", "the same seed and data give the same model", 1, 0, int.MaxValue);
    public static readonly JobParameter<int> TopK = JobParameters.Whole("top-k", "titles per list", 50, 1, 1_000);
    public static readonly JobParameter<int> HistoryDays = JobParameters.Whole("history-days", "days of events to learn from", 400, 1, 36_500);
    public static readonly JobParameter<double> HalfLifeDays = JobParameters.Number("half-life-days", "age at which an interaction counts half, 0 for never", 0, 0, 10_000);
    public static readonly JobParameter<string> Weights = JobParameters.Text(
        "weights", "what signals are worth, such as liked=2, separated by commas", string.Join(", ", SignalWeights.Default.Settings.Keys), "", CheckWeights);
    public static readonly JobParameter<int> NewTitleDays = JobParameters.Whole(
        "new-title-days", "days since release in which a title that nobody has watched is listed by what it is, if the model is ials; 0 for none", 0, 0, 366);
    public static readonly JobParameter<DateTime?> AsOf = JobParameters.Time("as-of", "end of the events to learn from, now where not set");

    public static readonly JobParameter<double> HeldOutShare = JobParameters.Number(
        "held-out-share", "share of the members that no model is trained on and that the gate asks, 0 to choose it from their number", 0, 0, 0.4);
    public static readonly JobParameter<double> Margin = JobParameters.Number(
        "margin", "loss against the served model that counts as none, as a share", GateRules.Default.Margin, 0, 1);
    public static readonly JobParameter<double> SliceMargin = JobParameters.Number(
        "slice-margin", "the same for each slice of the members", GateRules.Default.SliceMargin, 0, 1);
    public static readonly JobParameter<double> MinCoverage = JobParameters.Number(
        "min-coverage", "least share of the catalogue on lists", GateRules.Default.MinCoverage, 0, 1);
    public static readonly JobParameter<double> MaxCalibration = JobParameters.Number(
        "max-calibration", "greatest divergence of lists from histories, nats", GateRules.Default.MaxCalibration, 0, 100);

    public static readonly JobParameter<int> Search = JobParameters.Whole("search", "settings to search of each algorithm, 0 for none", 0, 0, SearchOptions.MaxTrials);
    public static readonly JobParameter<double> SearchMinutes = JobParameters.Number("search-minutes", "most time for the search, minutes", 10, 0.01, 10_000);
    public static readonly JobParameter<double> Diversity = JobParameters.Number("diversity", "cost of a title that is like one of the list", 0, 0, 10);
    public static readonly JobParameter<double> Calibration = JobParameters.Number("calibration", "cost of leaving the kinds of titles that the member watches", 0, 0, 10);

    /// <summary>What reading the events, the gate and publication need; training and promotion by hand have them in common.</summary>
    public static IReadOnlyList<JobParameter> OfPromotion { get; } =
        [Seed, TopK, HistoryDays, HalfLifeDays, Weights, NewTitleDays, AsOf, Margin, SliceMargin, MinCoverage, MaxCalibration, Diversity, Calibration];

    public static IReadOnlyList<JobParameter> All { get; } =
        [Algorithm, Settings, Rank, Iterations, Alpha, Lambda, Nu, HeldOutShare, Search, SearchMinutes, Publishing.Wanted, .. OfPromotion];

    public static GateRules Rules(ParameterValues values) => new()
    {
        Margin = values.Get(Margin),
        SliceMargin = values.Get(SliceMargin),
        MinCoverage = values.Get(MinCoverage),
        MaxCalibration = values.Get(MaxCalibration),
    };

    public static RerankOptions Rerank(ParameterValues values) =>
        new() { Diversity = values.Get(Diversity), Calibration = values.Get(Calibration) };

    public static SignalWeights WeightsOf(ParameterValues values)
    {
        var weights = ParseWeights(values.Get(Weights));
        return values.Get(HalfLifeDays) is > 0 and var days ? weights with { RecencyHalfLifeDays = days } : weights;
    }

    private static SignalWeights ParseWeights(string text) => text
        .Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Aggregate(SignalWeights.Default, (weights, setting) => setting.IndexOf('=') is > 0 and var equals
            ? weights.With(setting[..equals], setting[(equals + 1)..])
            : throw new FormatException($"expected name=value, not '{setting}'"));

    private static void CheckWeights(string text)
    {
        try
        {
            ParseWeights(text);
        }
        catch (FormatException problem)
        {
            throw new UsageException($"weights={text}: {problem.Message}");
        }
    }
}
