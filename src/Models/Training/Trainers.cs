using Pipeline.Models.Ranking;
using Pipeline.Models.Training.Descent;
using Pipeline.Models.Training.ItemToItem;

namespace Pipeline.Models.Training;

/// <summary>The algorithms there are, by name.</summary>
public static class Trainers
{
    private static readonly SortedDictionary<string, Func<IEnumerable<KeyValuePair<string, string>>, ITrainer>> Factories =
        new(StringComparer.Ordinal)
        {
            [ImplicitAlsModel.AlgorithmName] = ImplicitAlsTrainer.Create,
            [BprModel.AlgorithmName] = BprTrainer.Create,
            [EaseModel.AlgorithmName] = EaseTrainer.Create,
            [ItemKnnModel.AlgorithmName] = ItemKnnTrainer.Create,
            [PopularityModel.AlgorithmName] = PopularityTrainer.Create,
            [MatrixFactorizationModel.AlgorithmName] = MatrixFactorizationTrainer.Create,
            [TrendingParameters.AlgorithmName] = TrendingTrainer.Create,
        };

    public static IReadOnlyCollection<string> Algorithms => Factories.Keys;

    /// <exception cref="AlgorithmSettingException">No such algorithm, no such setting, or a value that does not fit; the message says what does.</exception>
    public static ITrainer Create(string algorithm, IEnumerable<KeyValuePair<string, string>> settings) =>
        Factories.TryGetValue(algorithm, out var factory)
            ? factory(settings)
            : throw new AlgorithmSettingException($"'{algorithm}' is no algorithm; valid are {string.Join(", ", Algorithms)}.");
}
