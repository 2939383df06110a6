namespace Pipeline.Models.Training.Spark;

/// <summary>
/// What Spark's ALS was told with <c>implicitPrefs</c>, in its names and with its defaults. It minimises
/// <code>
/// Σ_u Σ_i c_ui (p_ui − ⟨x_u, y_i⟩)² + λ (Σ_u n_u ‖x_u‖² + Σ_i n_i ‖y_i‖²),   c_ui = 1 + α |r_ui|
/// </code>
/// over all pairs, with p_ui = 1 where r_ui > 0 and 0 elsewhere, and n the number of a row's r above 0: Y. Hu, Y. Koren, C. Volinsky,
/// "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008, with a row's λ times n as Spark has it
/// (https://spark.apache.org/docs/latest/ml-collaborative-filtering.html, "Scaling of the regularization parameter").
/// </summary>
public sealed record SparkAlsParameters
{
    /// <summary>Numbers per title.</summary>
    public int Rank { get; init; } = 10;

    /// <summary>α.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>λ.</summary>
    public double Regularization { get; init; } = 0.1;

    internal static SettingTable<SparkAlsParameters> Table { get; } = new(SparkAlsModel.AlgorithmName, new SparkAlsParameters(),
    [
        SettingEntry.Whole<SparkAlsParameters>(
            "rank", "numbers per title", 1, ImplicitAlsParameters.MaxRank, p => p.Rank, (p, value) => p with { Rank = (int)value }),
        SettingEntry.Number<SparkAlsParameters>(
            "alpha", "α: confidence for each unit of an interaction", 0, double.PositiveInfinity, p => p.Alpha, (p, value) => p with { Alpha = value }),
        SettingEntry.Number<SparkAlsParameters>(
            "regParam", "λ: regularization for each title that was wanted", 0, double.PositiveInfinity,
            p => p.Regularization, (p, value) => p with { Regularization = value }, exclusive: true),
    ]);
}
