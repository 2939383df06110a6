using Pipeline.Jobs.Runs;
using Pipeline.Models.Training;

namespace Pipeline.Jobs.Training;

/// <summary>What <c>train-recommendations</c> can be told; letters are those of <see cref="ImplicitAlsParameters"/>.</summary>
internal static class TrainingParameters
{
    private static readonly ImplicitAlsParameters Defaults = new();

    public static readonly JobParameter<int> Rank = JobParameters.Whole("rank", "d: numbers per member and per title", Defaults.Rank, 1, 1_024);
    public static readonly JobParameter<int> Iterations = JobParameters.Whole("iterations", "T: passes over the interactions", Defaults.Iterations, 1, 1_000);
    public static readonly JobParameter<double> Alpha = JobParameters.Number("alpha", "α₀: weight of a pair that nothing is known of", Defaults.UnobservedWeight, 0, 1_000);
    public static readonly JobParameter<double> Lambda = JobParameters.Number("lambda", "λ: regularization, 0 to choose it from the data", Defaults.Regularization, 0, 1e6);
    public static readonly JobParameter<double> Nu = JobParameters.Number("nu", "ν: how far regularization grows with a row's weight", Defaults.FrequencyExponent, 0, 2);
    public static readonly JobParameter<int> Seed = JobParameters.Whole("seed", "the same seed and data give the same model", 1, 0, int.MaxValue);
    public static readonly JobParameter<int> TopK = JobParameters.Whole("top-k", "titles per list", 50, 1, 1_000);
    public static readonly JobParameter<int> HistoryDays = JobParameters.Whole("history-days", "days of events to learn from", 400, 1, 4_000);
    public static readonly JobParameter<double> HalfLifeDays = JobParameters.Number("half-life-days", "age at which an interaction counts half, 0 for never", 0, 0, 10_000);
    public static readonly JobParameter<DateTime?> AsOf = JobParameters.Time("as-of", "end of the events to learn from, now where not set");

    public static IReadOnlyList<JobParameter> All { get; } = [Rank, Iterations, Alpha, Lambda, Nu, Seed, TopK, HistoryDays, HalfLifeDays, AsOf];

    public static ImplicitAlsParameters Als(ParameterValues values) => new()
    {
        Rank = values.Get(Rank),
        Iterations = values.Get(Iterations),
        UnobservedWeight = values.Get(Alpha),
        Regularization = values.Get(Lambda),
        FrequencyExponent = values.Get(Nu),
        Seed = (ulong)values.Get(Seed),
    };
}
