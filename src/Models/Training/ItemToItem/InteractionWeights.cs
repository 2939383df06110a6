using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>Weights of interactions, as <see cref="ItemWeighting"/> defines them.</summary>
internal static class InteractionWeights
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <param name="byUser">Shape [users, titles], values above 0.</param>
    public static SparseMatrix Apply(SparseMatrix byUser, ItemKnnParameters parameters)
    {
        if (parameters.Similarity == ItemSimilarity.Jaccard)
            return byUser.WithValues(static (_, _, _) => 1);
        switch (parameters.Weighting)
        {
            case ItemWeighting.Idf:
                return byUser.WithValues((user, _, confidence) => (float)(Math.Sqrt(confidence) * Idf(byUser, user)));
            case ItemWeighting.Bm25:
                var lengths = new double[byUser.ColumnCount];
                for (var user = 0; user < byUser.RowCount; user++)
                {
                    for (var n = 0; n < byUser.RowLength(user); n++)
                        lengths[byUser.Columns(user)[n]] += byUser.Values(user)[n];
                }
                var mean = lengths.Sum() / lengths.Length;
                return byUser.WithValues((user, title, confidence) =>
                    (float)(confidence * (K1 + 1) / (K1 * (1 - B + B * lengths[title] / mean) + confidence) * Idf(byUser, user)));
            default:
                return byUser;
        }
    }

    private static double Idf(SparseMatrix byUser, int user) =>
        PortableMath.Log((1.0 + byUser.ColumnCount) / (1.0 + byUser.RowLength(user)));
}
