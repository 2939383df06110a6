namespace Pipeline.Models.Training.ItemToItem;

/// <summary>How two titles are compared; x_ui is the weighted interaction, N(i) the members of a title.</summary>
public enum ItemSimilarity
{
    /// <summary><c>Σ_u x_ui x_uj / (‖x_i‖ ‖x_j‖ + shrinkage)</c>; M. Deshpande, G. Karypis, "Item-Based Top-N Recommendation Algorithms", TOIS 2004.</summary>
    Cosine,

    /// <summary><c>|N(i) ∩ N(j)| / (|N(i) ∪ N(j)| + shrinkage)</c>, as SAR of Microsoft Recommenders; weights do not matter to it.</summary>
    Jaccard,

    /// <summary><c>Σ_u x_ui x_uj</c>: for BM25, whose weights are normalised already.</summary>
    Dot,
}

/// <summary>How an interaction is weighted; n_u is the number of titles of a member, I the catalogue.</summary>
public enum ItemWeighting
{
    /// <summary>Its confidence.</summary>
    None,

    /// <summary><c>√c · ln((1 + |I|) / (1 + n_u))</c>: members who watch everything tell little. G. Salton, C. Buckley, 1988.</summary>
    Idf,

    /// <summary>
    /// <c>c (k₁ + 1) / (k₁ (1 − b + b n_i / n̄) + c) · idf</c> with k₁ = 1.2, b = 0.75 and n_i the weight of the title. S. Robertson, H. Zaragoza,
    /// "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    /// </summary>
    Bm25,
}

/// <summary>Parameters of item-based nearest neighbours.</summary>
public sealed record ItemKnnParameters
{
    public ItemSimilarity Similarity { get; init; } = ItemSimilarity.Cosine;

    public ItemWeighting Weighting { get; init; } = ItemWeighting.Idf;

    /// <summary>K: most similar titles kept of each title.</summary>
    public int Neighbours { get; init; } = 200;

    /// <summary>Added to the denominator, so that a few members in common do not make two titles alike. R. Bell, Y. Koren, KDD 2007.</summary>
    public double Shrinkage { get; init; } = 10;

    internal static SettingTable<ItemKnnParameters> Table { get; } = new(ItemKnnModel.AlgorithmName, new ItemKnnParameters(),
    [
        SettingEntry.Choice<ItemKnnParameters, ItemSimilarity>(
            "similarity", "how two titles are compared", p => p.Similarity, (p, value) => p with { Similarity = value }),
        SettingEntry.Choice<ItemKnnParameters, ItemWeighting>(
            "weighting", "how an interaction is weighted", p => p.Weighting, (p, value) => p with { Weighting = value }),
        SettingEntry.Whole<ItemKnnParameters>(
            "neighbours", "K: most similar titles kept of each", 1, 100_000, p => p.Neighbours, (p, value) => p with { Neighbours = (int)value }),
        SettingEntry.Number<ItemKnnParameters>(
            "shrinkage", "added to the denominator of a similarity", 0, double.PositiveInfinity, p => p.Shrinkage, (p, value) => p with { Shrinkage = value }),
    ]);
}
