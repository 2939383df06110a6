namespace Pipeline.Models.Training;

/// <summary>
/// Parameters of iALS with the names and letters of S. Rendle, W. Krichene, L. Zhang, Y. Koren, "Revisiting the Performance of iALS on
/// Item Recommendation Benchmarks", RecSys 2022. It minimises
/// <code>
/// Σ_(u,i)∈S c_ui (⟨w_u, h_i⟩ − p_ui)² + α₀ Σ_u Σ_i ⟨w_u, h_i⟩² + λ (Σ_u (n_u + α₀|I|)^ν ‖w_u‖² + Σ_i (n_i + α₀|U|)^ν ‖h_i‖²)
/// </code>
/// with p_ui = 1, or 0 where the title was disliked, and n the sum of a row's confidences |c|, which is the number of its
/// interactions where all are 1. The defaults of α₀ and λ did best on a fifth of MovieLens-100K's training ratings held out
/// (rank 64, all confidences 1); sets of many more members take less λ.
/// </summary>
public sealed record ImplicitAlsParameters
{
    /// <summary>Greatest <see cref="Rank"/>: one member's equations are then 64 MiB.</summary>
    public const int MaxRank = 4096;

    /// <summary>d: numbers per member and per title.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>T: one iteration solves all titles, then all members.</summary>
    public int Iterations { get; init; } = 16;

    /// <summary>α₀: weight of a pair that nothing is known of, against 1 for an interaction.</summary>
    public double UnobservedWeight { get; init; } = 0.2;

    /// <summary>λ.</summary>
    public double Regularization { get; init; } = 0.02;

    /// <summary>ν: 1 regularises in proportion to a row's weight, 0 all rows alike.</summary>
    public double FrequencyExponent { get; init; } = 1;

    /// <summary>σ*: the first factors are drawn from a normal distribution of deviation σ* / √d.</summary>
    public double InitialDeviation { get; init; } = 0.1;

    public ulong Seed { get; init; } = 1;

    /// <exception cref="ArgumentException">A parameter is out of its range; the message names it.</exception>
    public void Validate()
    {
        Check(Rank is >= 1 and <= MaxRank, nameof(Rank), $"1 to {MaxRank}");
        Check(Iterations >= 1, nameof(Iterations), "1 or more");
        Check(UnobservedWeight >= 0 && double.IsFinite(UnobservedWeight), nameof(UnobservedWeight), "0 or more");
        Check(Regularization > 0 && double.IsFinite(Regularization), nameof(Regularization), "more than 0");
        Check(FrequencyExponent is >= 0 and <= 2, nameof(FrequencyExponent), "0 to 2");
        Check(InitialDeviation > 0 && double.IsFinite(InitialDeviation), nameof(InitialDeviation), "more than 0");
    }

    private static void Check(bool holds, string name, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{name} must be {expected}.");
    }
}
