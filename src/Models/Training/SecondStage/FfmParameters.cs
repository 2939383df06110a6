using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// Parameters of the field-aware factorization machine: Y. Juan, Y. Zhuang, W.-S. Chin, C.-J. Lin, "Field-aware Factorization Machines for
/// CTR Prediction", RecSys 2016. Its fields are the member's titles, the candidate, and the candidate's scores and context.
/// </summary>
public sealed record FfmParameters : StageParameters
{
    /// <summary>d: numbers per feature and field.</summary>
    public int Latent { get; init; } = 4;

    public int Iterations { get; init; } = 8;

    public double LearningRate { get; init; } = 0.05;

    /// <summary>λ, of linear and of latent weights.</summary>
    public double Regularization { get; init; } = 1e-4;

    /// <summary>Candidates that were not held out, drawn for each that was.</summary>
    public int Negatives { get; init; } = 6;

    internal static SettingTable<FfmParameters> Table { get; } = new(FfmModel.AlgorithmName, new FfmParameters(),
    [
        .. Entries<FfmParameters>(),
        SettingEntry.Whole<FfmParameters>("latent", "d: numbers per feature and field", 1, 256, p => p.Latent, (p, value) => p with { Latent = (int)value }),
        SettingEntry.Whole<FfmParameters>("iterations", "passes", 1, 1000, p => p.Iterations, (p, value) => p with { Iterations = (int)value }),
        SettingEntry.Number<FfmParameters>(
            "rate", "learning rate", 0, double.PositiveInfinity, p => p.LearningRate, (p, value) => p with { LearningRate = value }, exclusive: true),
        SettingEntry.Number<FfmParameters>(
            "lambda", "λ: regularization", 0, double.PositiveInfinity, p => p.Regularization, (p, value) => p with { Regularization = value }),
        SettingEntry.Whole<FfmParameters>(
            "negatives", "candidates drawn for each title that was held out", 1, 10_000, p => p.Negatives, (p, value) => p with { Negatives = (int)value }),
    ]);
}
