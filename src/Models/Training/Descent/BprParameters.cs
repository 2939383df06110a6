namespace Pipeline.Models.Training.Descent;

/// <summary>
/// Parameters of BPR: S. Rendle, C. Freudenthaler, Z. Gantner, L. Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit
/// Feedback", UAI 2009. It maximises <c>Σ ln σ(x_ui − x_uj) − λ(‖p‖² + ‖q‖² + b²)</c> over wanted titles i and others j, one j drawn for each i in
/// each iteration, with <c>x_ui = ⟨p_u, q_i⟩ + b_i</c>.
/// </summary>
public sealed record BprParameters
{
    /// <summary>d.</summary>
    public int Rank { get; init; } = 128;

    /// <summary>T: passes over the interactions.</summary>
    public int Iterations { get; init; } = 200;

    /// <summary>η at the start; it falls to a tenth by the last iteration.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>λ.</summary>
    public double Regularization { get; init; } = 0.01;

    /// <summary>λ of a member's factor when it is made from a history, per title of it, against margins of 1.</summary>
    public double FoldInRegularization { get; init; } = 0.2;

    public ulong Seed { get; init; } = 1;

    internal static SettingTable<BprParameters> Table { get; } = new(BprModel.AlgorithmName, new BprParameters(),
    [
        SettingEntry.Whole<BprParameters>(
            "rank", "d: numbers per member and per title", 1, ImplicitAlsParameters.MaxRank, p => p.Rank, (p, value) => p with { Rank = (int)value }),
        SettingEntry.Whole<BprParameters>(
            "iterations", "T: passes over the interactions", 1, int.MaxValue, p => p.Iterations, (p, value) => p with { Iterations = (int)value }),
        SettingEntry.Number<BprParameters>(
            "rate", "η at the start", 0, double.PositiveInfinity, p => p.LearningRate, (p, value) => p with { LearningRate = value }, exclusive: true),
        SettingEntry.Number<BprParameters>(
            "lambda", "λ: regularization", 0, double.PositiveInfinity, p => p.Regularization, (p, value) => p with { Regularization = value }),
        SettingEntry.Number<BprParameters>(
            "fold-in-lambda", "λ of a member's factor when it is made from a history", 0, double.PositiveInfinity,
            p => p.FoldInRegularization, (p, value) => p with { FoldInRegularization = value }, exclusive: true),
        SettingEntry.Seed<BprParameters>(p => p.Seed, (p, value) => p with { Seed = value }),
    ]);
}
