using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Blending;
using Pipeline.Models.Training.Descent;
using Pipeline.Models.Training.ItemToItem;
using Pipeline.Models.Training.SecondStage;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Training;

/// <summary>The algorithms there are, by name.</summary>
public static class Trainers
{
    private static readonly SortedDictionary<string, Func<IEnumerable<KeyValuePair<string, string>>, ITrainer>> Factories =
        new(StringComparer.Ordinal)
        {
            [BlendModel.AlgorithmName] = BlendTrainer.Create,
            [BprModel.AlgorithmName] = BprTrainer.Create,
            [ContentModel.AlgorithmName] = ContentTrainer.Create,
            [EaseModel.AlgorithmName] = EaseTrainer.Create,
            [FfmModel.AlgorithmName] = FfmTrainer.Create,
            [ImplicitAlsModel.AlgorithmName] = ImplicitAlsTrainer.Create,
            [ItemKnnModel.AlgorithmName] = ItemKnnTrainer.Create,
            [MatrixFactorizationModel.AlgorithmName] = MatrixFactorizationTrainer.Create,
            [PopularityModel.AlgorithmName] = PopularityTrainer.Create,
            [RankerModel.AlgorithmName] = RankerTrainer.Create,
            [TrendingParameters.AlgorithmName] = TrendingTrainer.Create,
        };

    public static IReadOnlyCollection<string> Algorithms => Factories.Keys;

    /// <param name="titles">Told to those that learn from what titles are; null where nothing is known.</param>
    /// <exception cref="AlgorithmSettingException">No such algorithm, no such setting, or a value that does not fit; the message says what does.</exception>
    public static ITrainer Create(string algorithm, IEnumerable<KeyValuePair<string, string>> settings, ITitleCatalogue? titles = null)
    {
        var trainer = Factories.TryGetValue(algorithm, out var factory)
            ? factory(settings)
            : throw new AlgorithmSettingException($"'{algorithm}' is no algorithm; valid are {string.Join(", ", Algorithms)}.");
        return trainer is ITitleTrainer asking && titles is not null ? asking.With(titles) : trainer;
    }
}
