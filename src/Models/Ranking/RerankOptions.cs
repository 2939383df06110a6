namespace Pipeline.Models.Ranking;

/// <summary>
/// How far a list may leave the order of scores. It is chosen title by title out of the best
/// <c>K · <see cref="PoolFactor"/></c>; each time the one with the greatest
/// <code>
/// s(i) − δ max_{j∈L} cos(i, j) − κ KL(p‖q̃(L + i))
/// </code>
/// is taken, s being scores brought to 0 … 1 over the pool. δ alone is maximal marginal relevance (J. Carbonell, J. Goldstein, "The Use of MMR,
/// Diversity-Based Reranking for Reordering Documents and Producing Summaries", SIGIR 1998), κ alone the calibration of H. Steck, "Calibrated
/// Recommendations", RecSys 2018.
/// </summary>
public sealed record RerankOptions
{
    public static RerankOptions None { get; } = new();

    /// <summary>δ: how much being like a title of the list costs; 0 for nothing.</summary>
    public double Diversity { get; init; }

    /// <summary>κ: how much leaving the kinds of titles that the member watches costs; 0 for nothing.</summary>
    public double Calibration { get; init; }

    /// <summary>Titles to choose from, as a multiple of the list's length.</summary>
    public int PoolFactor { get; init; } = 4;

    public bool IsNone => Diversity == 0 && Calibration == 0;
}
