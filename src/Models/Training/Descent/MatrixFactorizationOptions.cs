namespace Pipeline.Models.Training.Descent;

/// <summary>The losses, under the names of ML.NET; r is the value of an interaction, p and q are factors.</summary>
public enum LossFunction
{
    /// <summary><c>Σ_(u,i)∈S (r − ⟨p_u, q_i⟩)² + λ (‖p_u‖² + ‖q_i‖²)</c>, by stochastic gradient descent: what was watched, by how much.</summary>
    SquareLossRegression,

    /// <summary>
    /// <c>Σ_(u,i)∈S (1 − ⟨p_u, q_i⟩)² + α Σ_(u,i)∉S (C − ⟨p_u, q_i⟩)² + λ (Σ_u ‖p_u‖² + Σ_i ‖q_i‖²)</c>, by alternating least squares:
    /// whether it was watched. Only wanted titles are in S.
    /// </summary>
    SquareLossOneClass,
}

/// <summary>
/// Options with the names, defaults and meaning of <c>MatrixFactorizationTrainer.Options</c> of ML.NET, so that its users carry their
/// settings over. Other than there, one seed gives one model on any number of threads, and a one-class iteration solves each row exactly
/// instead of by coordinates.
/// </summary>
public sealed record MatrixFactorizationOptions
{
    public LossFunction LossFunction { get; init; } = LossFunction.SquareLossRegression;

    /// <summary>k.</summary>
    public int ApproximationRank { get; init; } = 8;

    /// <summary>λ.</summary>
    public double Lambda { get; init; } = 0.1;

    /// <summary>η at the start; each row's then falls with its gradients.</summary>
    public double LearningRate { get; init; } = 0.1;

    public int NumberOfIterations { get; init; } = 20;

    /// <summary>α: weight of what is not observed. Only for the one-class loss.</summary>
    public double Alpha { get; init; } = 0.0001;

    /// <summary>Value of what is not observed. Only for the one-class loss.</summary>
    public double C { get; init; } = 0.000001;

    /// <summary>Keeps factors at 0 or more. Only for the regression loss.</summary>
    public bool NonNegative { get; init; }

    /// <summary>Most threads; 0 for as many as there are. It does not change the model.</summary>
    public int NumberOfThreads { get; init; }

    /// <summary>Reports no progress.</summary>
    public bool Quiet { get; init; }

    public ulong Seed { get; init; } = 1;

    internal static SettingTable<MatrixFactorizationOptions> Table { get; } = new(MatrixFactorizationModel.AlgorithmName, new MatrixFactorizationOptions(),
    [
        new SettingEntry<MatrixFactorizationOptions>(
            nameof(LossFunction),
            "what is minimised",
            $"one of {string.Join(", ", Enum.GetNames<LossFunction>())}",
            (p, text) => Enum.GetNames<LossFunction>().Contains(text) ? p with { LossFunction = Enum.Parse<LossFunction>(text) } : null,
            p => p.LossFunction.ToString()),
        SettingEntry.Whole<MatrixFactorizationOptions>(
            nameof(ApproximationRank), "k: numbers per member and per title", 1, ImplicitAlsParameters.MaxRank,
            p => p.ApproximationRank, (p, value) => p with { ApproximationRank = (int)value }),
        SettingEntry.Number<MatrixFactorizationOptions>(
            nameof(Lambda), "λ: regularization", 0, double.PositiveInfinity, p => p.Lambda, (p, value) => p with { Lambda = value }),
        SettingEntry.Number<MatrixFactorizationOptions>(
            nameof(LearningRate), "η at the start", 0, double.PositiveInfinity, p => p.LearningRate, (p, value) => p with { LearningRate = value }, exclusive: true),
        SettingEntry.Whole<MatrixFactorizationOptions>(
            nameof(NumberOfIterations), "passes over the interactions", 1, int.MaxValue,
            p => p.NumberOfIterations, (p, value) => p with { NumberOfIterations = (int)value }),
        SettingEntry.Number<MatrixFactorizationOptions>(
            nameof(Alpha), "α: weight of what is not observed", 0, double.PositiveInfinity, p => p.Alpha, (p, value) => p with { Alpha = value }),
        SettingEntry.Number<MatrixFactorizationOptions>(
            nameof(C), "value of what is not observed", double.NegativeInfinity, double.PositiveInfinity, p => p.C, (p, value) => p with { C = value }),
        SettingEntry.Flag<MatrixFactorizationOptions>(
            nameof(NonNegative), "keeps factors at 0 or more", p => p.NonNegative, (p, value) => p with { NonNegative = value }),
        SettingEntry.Whole<MatrixFactorizationOptions>(
            nameof(NumberOfThreads), "most threads; 0 for all", 0, 1024, p => p.NumberOfThreads, (p, value) => p with { NumberOfThreads = (int)value }),
        SettingEntry.Flag<MatrixFactorizationOptions>(
            nameof(Quiet), "reports no progress", p => p.Quiet, (p, value) => p with { Quiet = value }),
        SettingEntry.Seed<MatrixFactorizationOptions>(p => p.Seed, (p, value) => p with { Seed = value }),
    ]);
}
