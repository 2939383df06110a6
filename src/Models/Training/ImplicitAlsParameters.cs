using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <summary>How a row's equations are solved.</summary>
public enum AlsSolverKind
{
    /// <summary>Exactly, all d at once: d³ / 6 multiplications a row besides d² / 2 for each of its interactions.</summary>
    Cholesky,

    /// <summary>
    /// A block of b dimensions at a time, the others fixed: d b / 2 multiplications for each interaction, which pays where d is in the
    /// hundreds. S. Rendle, W. Krichene, L. Zhang, Y. Koren, "iALS++: Speeding up Matrix Factorization with Subspace Optimization", 2021.
    /// </summary>
    Blocks,
}

/// <summary>
/// Parameters of iALS with the names and letters of S. Rendle, W. Krichene, L. Zhang, Y. Koren, "Revisiting the Performance of iALS on
/// Item Recommendation Benchmarks", RecSys 2022. It minimises
/// <code>
/// Σ_(u,i)∈S c_ui (⟨w_u, h_i⟩ − p_ui)² + α₀ Σ_u Σ_i ⟨w_u, h_i⟩² + λ (Σ_u (n_u + α₀|I|)^ν ‖w_u‖² + Σ_i (n_i + α₀|U|)^ν ‖h_i‖²)
/// </code>
/// with p_ui = 1, or 0 where the title was disliked, and n the sum of a row's confidences |c|, which is the number of its
/// interactions where all are 1. The defaults did best, or nearly, on held-out parts of MovieLens-100K's training ratings, of
/// MovieLens-latest-small and of Last.fm.
/// </summary>
public sealed record ImplicitAlsParameters
{
    /// <summary>Greatest <see cref="Rank"/>: one member's equations are then 64 MiB.</summary>
    public const int MaxRank = 4096;

    // Less than the whole edge, since what is weak is not all noise.
    private const double NoiseShare = 0.4;

    /// <summary>d: numbers per member and per title.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>T: one iteration solves all titles, then all members.</summary>
    public int Iterations { get; init; } = 16;

    /// <summary>α₀: weight of a pair that nothing is known of, against 1 for an interaction.</summary>
    public double UnobservedWeight { get; init; } = 0.2;

    /// <summary>λ; 0 has it chosen from the data by <see cref="For"/>.</summary>
    public double Regularization { get; init; }

    /// <summary>ν: 1 regularises in proportion to a row's weight, 0 all rows alike.</summary>
    public double FrequencyExponent { get; init; } = 1;

    /// <summary>σ*: the first factors are drawn from a normal distribution of deviation σ* / √d.</summary>
    public double InitialDeviation { get; init; } = 0.1;

    public AlsSolverKind Solver { get; init; } = AlsSolverKind.Cholesky;

    /// <summary>b: dimensions of a block, for <see cref="AlsSolverKind.Blocks"/>.</summary>
    public int BlockSize { get; init; } = 64;

    public ulong Seed { get; init; } = 1;

    /// <exception cref="ArgumentException">A parameter is out of its range; the message names it.</exception>
    public void Validate()
    {
        Check(Rank is >= 1 and <= MaxRank, nameof(Rank), $"1 to {MaxRank}");
        Check(Iterations >= 1, nameof(Iterations), "1 or more");
        Check(UnobservedWeight >= 0 && double.IsFinite(UnobservedWeight), nameof(UnobservedWeight), "0 or more");
        Check(Regularization >= 0 && double.IsFinite(Regularization), nameof(Regularization), "0 or more");
        Check(FrequencyExponent is >= 0 and <= 2, nameof(FrequencyExponent), "0 to 2");
        Check(Enum.IsDefined(Solver), nameof(Solver), "cholesky or blocks");
        Check(BlockSize is >= 16 and <= MaxRank && BlockSize % Kernel.Alignment == 0, nameof(BlockSize), $"a multiple of {Kernel.Alignment}, up to {MaxRank}");
        Check(InitialDeviation > 0 && double.IsFinite(InitialDeviation), nameof(InitialDeviation), "more than 0");
    }

    /// <summary>These parameters with λ chosen, where it is 0.</summary>
    /// <remarks>
    /// A matrix of interactions scattered without structure has singular values up to about √c̄² (√|U| + √|I|), c̄² being the mean square of
    /// its cells. Regularization cuts off what is below λ times the weights of a row and a column, so λ is set to where that edge of
    /// noise comes to lie: a fixed λ that fits one size of data flattens the next.
    /// </remarks>
    public ImplicitAlsParameters For(InteractionMatrix data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (Regularization > 0)
            return this;
        double users = data.Users.Count, contents = data.Contents.Count, sum = 0, squares = 0;
        if (data.ByUser.AllValues.IsEmpty)
            sum = squares = data.Count;
        foreach (var confidence in data.ByUser.AllValues)
        {
            sum += Math.Abs(confidence);
            squares += (double)confidence * confidence;
        }
        var edge = Math.Sqrt(squares / (users * contents)) * (Math.Sqrt(users) + Math.Sqrt(contents));
        var weight = Math.Sqrt(((sum / users) + (UnobservedWeight * contents)) * ((sum / contents) + (UnobservedWeight * users)));
        return this with { Regularization = NoiseShare * edge / PortableMath.Pow(weight, FrequencyExponent) };
    }

    private static void Check(bool holds, string name, string expected)
    {
        if (!holds)
            throw new ArgumentException($"{name} must be {expected}.");
    }
}
