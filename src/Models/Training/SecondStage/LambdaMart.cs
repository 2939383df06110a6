using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>Which of ML.NET's two implementations of LambdaMART grows the trees.</summary>
public enum TreeEngine
{
    LightGbm,
    FastTree,
}

/// <summary>
/// LambdaMART by ML.NET: C. Burges, "From RankNet to LambdaRank to LambdaMART", 2010. One thread grows the trees, since their libraries add
/// histograms up in the order of threads.
/// </summary>
internal static class LambdaMart
{
    private const string Label = "Label";
    private const string Group = "Group";

    /// <param name="rows">Shape [candidates][features].</param>
    /// <param name="groups">Shape [candidates]: the member, ascending.</param>
    /// <exception cref="AlgorithmSettingException">The engine's native library is not there for this machine.</exception>
    public static RegressionTrees Train(
        IReadOnlyList<float[]> rows, IReadOnlyList<bool> wanted, IReadOnlyList<int> groups, RankerParameters parameters)
    {
        var context = new MLContext((int)(parameters.Seed & int.MaxValue));
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        schema[nameof(Row.Group)].ColumnType = new KeyDataViewType(typeof(uint), groups[^1] + 1);
        // Keys count from 1; 0 is the missing one.
        var data = context.Data.LoadFromEnumerable(
            rows.Select((row, n) => new Row { Features = row, Label = wanted[n] ? 1 : 0, Group = (uint)groups[n] + 1 }), schema);
        try
        {
            return Plain(parameters.Engine == TreeEngine.LightGbm ? GrowLightGbm(context, data, parameters) : GrowFastTree(context, data, parameters));
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException or TypeInitializationException)
        {
            throw new AlgorithmSettingException(
                $"engine={parameters.Engine.ToString().ToLowerInvariant()}: its native library cannot be loaded here ({problem.Message}); take the other engine.");
        }
    }

    private static RegressionTreeEnsemble GrowLightGbm(MLContext context, IDataView data, RankerParameters parameters) =>
        context.Ranking.Trainers.LightGbm(new LightGbmRankingTrainer.Options
        {
            LabelColumnName = Label,
            RowGroupColumnName = Group,
            FeatureColumnName = nameof(Row.Features),
            NumberOfIterations = parameters.Trees,
            NumberOfLeaves = parameters.Leaves,
            LearningRate = parameters.LearningRate,
            MinimumExampleCountPerLeaf = parameters.MinLeaf,
            NumberOfThreads = 1,
            Seed = (int)(parameters.Seed & int.MaxValue),
            Deterministic = true,
        }).Fit(data).Model.TrainedTreeEnsemble;

    private static RegressionTreeEnsemble GrowFastTree(MLContext context, IDataView data, RankerParameters parameters) =>
        context.Ranking.Trainers.FastTree(new FastTreeRankingTrainer.Options
        {
            LabelColumnName = Label,
            RowGroupColumnName = Group,
            FeatureColumnName = nameof(Row.Features),
            NumberOfTrees = parameters.Trees,
            NumberOfLeaves = parameters.Leaves,
            LearningRate = parameters.LearningRate,
            MinimumExampleCountPerLeaf = parameters.MinLeaf,
            NumberOfThreads = 1,
            Seed = (int)(parameters.Seed & int.MaxValue),
        }).Fit(data).Model.TrainedTreeEnsemble;

    private static RegressionTrees Plain(RegressionTreeEnsemble ensemble)
    {
        List<int> roots = [0], leaves = [0], features = [], left = [], right = [];
        List<float> thresholds = [], values = [];
        for (var n = 0; n < ensemble.Trees.Count; n++)
        {
            var tree = ensemble.Trees[n];
            features.AddRange(tree.NumericalSplitFeatureIndexes.Take(tree.NumberOfNodes));
            thresholds.AddRange(tree.NumericalSplitThresholds.Take(tree.NumberOfNodes));
            left.AddRange(tree.LeftChild.Take(tree.NumberOfNodes));
            right.AddRange(tree.RightChild.Take(tree.NumberOfNodes));
            values.AddRange(tree.LeafValues.Take(tree.NumberOfLeaves).Select(value => (float)(value * ensemble.TreeWeights[n])));
            roots.Add(features.Count);
            leaves.Add(values.Count);
        }
        return new RegressionTrees([.. roots], [.. leaves], [.. features], [.. thresholds], [.. left], [.. right], [.. values]);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }

        public uint Group { get; set; }
    }
}
