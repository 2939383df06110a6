using System.Globalization;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training;

/// <summary>iALS behind the contract of all trainers.</summary>
public sealed class ImplicitAlsTrainer(ImplicitAlsParameters parameters) : ITrainer
{
    private static readonly ImplicitAlsParameters Defaults = new();

    public static IReadOnlyList<Setting> ValidSettings { get; } = Describe(Defaults);

    public string Algorithm => ImplicitAlsModel.AlgorithmName;

    public ImplicitAlsParameters Parameters => parameters;

    public IReadOnlyDictionary<string, string> Settings => SettingsOf(parameters);

    internal static Dictionary<string, string> SettingsOf(ImplicitAlsParameters values) =>
        Describe(values).ToDictionary(setting => setting.Name, setting => setting.Default);

    /// <exception cref="AlgorithmSettingException">A setting that iALS does not have, or a value out of its range.</exception>
    public static ImplicitAlsTrainer Create(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var values = new SettingValues(ImplicitAlsModel.AlgorithmName, ValidSettings, settings);
        var parameters = new ImplicitAlsParameters
        {
            Rank = values.Integer("rank", Defaults.Rank),
            Iterations = values.Integer("iterations", Defaults.Iterations),
            UnobservedWeight = values.Number("alpha", Defaults.UnobservedWeight),
            Regularization = values.Number("lambda", Defaults.Regularization),
            FrequencyExponent = values.Number("nu", Defaults.FrequencyExponent),
            InitialDeviation = values.Number("sigma", Defaults.InitialDeviation),
            Solver = values.Choice("solver", Defaults.Solver),
            BlockSize = values.Integer("block", Defaults.BlockSize),
            Seed = values.Seed("seed", Defaults.Seed),
        };
        try
        {
            parameters.Validate();
        }
        catch (ArgumentException problem)
        {
            throw new AlgorithmSettingException(problem.Message);
        }
        return new ImplicitAlsTrainer(parameters);
    }

    public IRecommender Train(
        InteractionMatrix interactions,
        ComputeOptions compute,
        Action<TrainingIteration>? progress,
        CancellationToken cancellationToken) =>
        ImplicitAls.Train(interactions, parameters, compute, progress, cancellationToken).Model;

    private static Setting[] Describe(ImplicitAlsParameters values) =>
    [
        new("rank", Text(values.Rank), "d: numbers per member and per title"),
        new("iterations", Text(values.Iterations), "T"),
        new("alpha", Text(values.UnobservedWeight), "α₀: weight of a pair that nothing is known of"),
        new("lambda", Text(values.Regularization), "λ: regularization; 0 chooses it from the data"),
        new("nu", Text(values.FrequencyExponent), "ν: how far regularization grows with the weight of a row"),
        new("sigma", Text(values.InitialDeviation), "σ*: deviation of the first factors"),
        new("solver", values.Solver.ToString().ToLowerInvariant(), "cholesky: each row exactly; blocks: iALS++, for ranks in the hundreds"),
        new("block", Text(values.BlockSize), "b: dimensions that blocks solves at once"),
        new("seed", Text(values.Seed), "the same seed gives the same model"),
    ];

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
