using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Blending;
using Pipeline.Models.Training.Descent;
using Pipeline.Models.Training.ItemToItem;
using Pipeline.Models.Training.SecondStage;
using Pipeline.Models.Training.Spark;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Artifacts;

/// <summary>How each algorithm's model is made from its tables.</summary>
internal static class ModelForms
{
    private static readonly Dictionary<string, Func<ArtifactReader, IRecommender>> Forms = new(StringComparer.Ordinal)
    {
        [ImplicitAlsModel.AlgorithmName] = ImplicitAlsModel.Load,
        [PopularityModel.AlgorithmName] = PopularityModel.Load,
        [TrendingParameters.AlgorithmName] = PopularityModel.Load,
        [ItemKnnModel.AlgorithmName] = ItemKnnModel.Load,
        [EaseModel.AlgorithmName] = EaseModel.Load,
        [MatrixFactorizationModel.AlgorithmName] = MatrixFactorizationModel.Load,
        [BprModel.AlgorithmName] = BprModel.Load,
        [ContentModel.AlgorithmName] = ContentModel.Load,
        [BlendModel.AlgorithmName] = BlendModel.Load,
        [RankerModel.AlgorithmName] = RankerModel.Load,
        [FfmModel.AlgorithmName] = FfmModel.Load,
        [SparkAlsModel.AlgorithmName] = SparkAlsModel.Load,
    };

    /// <exception cref="ArtifactException">An algorithm, a setting or a table that this program does not know.</exception>
    public static IRecommender Load(ArtifactReader source)
    {
        if (!Forms.TryGetValue(source.Algorithm, out var load))
            throw new ArtifactException($"The artifact holds a model of '{source.Algorithm}'; this program reads {string.Join(", ", Forms.Keys)}.");
        try
        {
            return load(source);
        }
        catch (AlgorithmSettingException problem)
        {
            throw new ArtifactException($"The artifact's settings do not fit: {problem.Message}");
        }
    }
}
