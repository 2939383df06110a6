using Pipeline.Models.Artifacts;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// A sum of regression trees as plain arrays, so that scoring and keeping a model needs no library. Node n goes left where feature ≤
/// threshold; a child below 0 is the leaf ~child.
/// </summary>
/// <param name="roots">Shape [trees + 1]: first node of each tree, then the number of nodes.</param>
/// <param name="leaves">Shape [trees + 1]: first leaf of each tree, then the number of leaves.</param>
/// <param name="features">Shape [nodes], as the next three.</param>
/// <param name="values">Shape [leaves], weighted.</param>
internal sealed class RegressionTrees(int[] roots, int[] leaves, int[] features, float[] thresholds, int[] left, int[] right, float[] values)
{
    public int Count => roots.Length - 1;

    public float Score(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        for (var tree = 0; tree < roots.Length - 1; tree++)
        {
            var root = roots[tree];
            // A tree of one leaf has no node.
            var node = roots[tree + 1] == root ? ~0 : 0;
            while (node >= 0)
                node = row[features[root + node]] <= thresholds[root + node] ? left[root + node] : right[root + node];
            sum += values[leaves[tree] + ~node];
        }
        return (float)sum;
    }

    public void Save(ArtifactWriter target)
    {
        target.Ints("trees.roots", roots);
        target.Ints("trees.leaves", leaves);
        target.Ints("trees.features", features);
        target.Floats("trees.thresholds", thresholds);
        target.Ints("trees.left", left);
        target.Ints("trees.right", right);
        target.Floats("trees.values", values);
    }

    public static RegressionTrees Load(ArtifactReader source)
    {
        var roots = source.Ints("trees.roots");
        var leaves = source.Ints("trees.leaves", roots.Length);
        return new RegressionTrees(
            roots,
            leaves,
            source.Ints("trees.features", roots[^1]),
            source.Floats("trees.thresholds", roots[^1]),
            source.Ints("trees.left", roots[^1]),
            source.Ints("trees.right", roots[^1]),
            source.Floats("trees.values", leaves[^1]));
    }
}
