using Pipeline.Models.Features;
using Pipeline.Models.Training.ItemToItem;

namespace Pipeline.Models.Training.Titles;

/// <summary>
/// Factors for titles that nobody has watched yet, from what they are: ridge regression of the trained titles' factors on their features,
/// <c>W = (XᵀDX + λI)⁻¹ XᵀDY</c> with D = n / (n + 10), since the factors of rarely watched titles say little. Z. Gantner et al., "Learning
/// Attribute-to-Feature Mappings for Cold-Start Recommendations", ICDM 2010.
/// </summary>
public static class NewTitles
{
    private const double HalfTrust = 10;

    /// <summary>The model with further titles, whose factors are predicted; those it knows keep theirs.</summary>
    /// <param name="trained">What the model was trained on.</param>
    /// <param name="added">Ids; those that the model knows, or of which nothing is known, are passed over.</param>
    /// <param name="options">How features are weighted and hashed; D bounds the size of the equations.</param>
    /// <param name="regularization">λ.</param>
    public static ImplicitAlsModel Add(
        ImplicitAlsModel model,
        InteractionMatrix trained,
        IEnumerable<long> added,
        ITitleCatalogue titles,
        ContentParameters options,
        double regularization,
        ComputeOptions compute,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(added);
        ArgumentNullException.ThrowIfNull(titles);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(compute);
        long[] news = [.. added.Where(id => model.Contents.IndexOf(id) < 0 && titles.Find(id) is not null)];
        var all = IdIndex.Of([.. model.Contents.Ids, .. news]);
        var features = TitleFeatures.Of(all, titles, options.Weights, options.Dimensions);
        var trust = new float[all.Count];
        for (var title = 0; title < all.Count; title++)
        {
            var row = trained.Contents.IndexOf(all[title]);
            var watched = row < 0 || model.Contents.IndexOf(all[title]) < 0 ? 0 : trained.ByContent.RowLength(row);
            trust[title] = (float)(watched / (watched + HalfTrust));
        }
        var weights = Regress(features, trust, all, model, regularization, compute, cancellationToken);
        var factors = new FactorMatrix(all.Count, model.ItemFactors.Rank);
        for (var title = 0; title < all.Count; title++)
        {
            var known = model.Contents.IndexOf(all[title]);
            if (known >= 0)
                model.ItemFactors[known].CopyTo(factors.PaddedRow(title));
            else
                Predict(features, title, weights, factors.PaddedRow(title));
        }
        return new ImplicitAlsModel(model.Parameters, all, factors);
    }

    /// <returns>W, shape [D, d].</returns>
    private static FactorMatrix Regress(
        SparseMatrix features, float[] trust, IdIndex all, ImplicitAlsModel model, double regularization, ComputeOptions compute, CancellationToken cancellationToken)
    {
        var equations = new SymmetricBlocks(features.ColumnCount);
        var right = new FactorMatrix(features.ColumnCount, model.ItemFactors.Rank);
        for (var n = 0; n < features.ColumnCount; n++)
            equations[n, n] += (float)regularization;
        for (var title = 0; title < features.RowCount; title++)
        {
            if (trust[title] == 0)
                continue;
            var columns = features.Columns(title);
            var values = features.Values(title);
            var factor = model.ItemFactors[model.Contents.IndexOf(all[title])];
            for (var n = 0; n < columns.Length; n++)
            {
                for (var m = n; m < columns.Length; m++)
                    equations[columns[n], columns[m]] += trust[title] * values[n] * values[m];
                AddScaled(right.PaddedRow(columns[n]), factor, trust[title] * values[n]);
            }
        }
        SymmetricInverse.Invert(equations, compute, cancellationToken);
        var weights = new FactorMatrix(features.ColumnCount, model.ItemFactors.Rank);
        for (var n = 0; n < features.ColumnCount; n++)
        {
            for (var m = 0; m < features.ColumnCount; m++)
                AddScaled(weights.PaddedRow(n), right[m], equations[n, m]);
        }
        return weights;
    }

    private static void Predict(SparseMatrix features, int title, FactorMatrix weights, Span<float> factor)
    {
        var columns = features.Columns(title);
        var values = features.Values(title);
        for (var n = 0; n < columns.Length; n++)
            AddScaled(factor, weights[columns[n]], values[n]);
    }

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float scale)
    {
        for (var n = 0; n < source.Length; n++)
            target[n] = MathF.FusedMultiplyAdd(scale, source[n], target[n]);
    }
}
