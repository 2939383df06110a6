using System.Globalization;
using Pipeline.Models.Kernels;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Descent;
using Pipeline.Models.Training.ItemToItem;
using Pipeline.Models.Training.SecondStage;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Evaluation;

/// <summary>One setting that a search varies.</summary>
/// <param name="Low">Least value; index of the first of <paramref name="Choices"/> where there are some.</param>
/// <param name="Logarithmic">Drawn evenly over orders of magnitude rather than over values.</param>
/// <param name="Whole">Rounded to a whole number.</param>
public sealed record SearchRange(
    string Setting, double Low, double High, bool Logarithmic = false, bool Whole = false, IReadOnlyList<string>? Choices = null)
{
    public static SearchRange Of(string setting, params string[] choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        return new SearchRange(setting, 0, choices.Length, Choices: choices);
    }

    internal string Draw(Random random)
    {
        var place = random.NextDouble();
        if (Choices is not null)
            return Choices[(int)(place * Choices.Count)];
        var value = Logarithmic ? Low * PortableMath.Pow(High / Low, place) : Low + (place * (High - Low));
        // Three digits say all that a draw can.
        return (Whole ? Math.Round(value) : double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            .ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>
/// What is searched of each algorithm: the one table of ranges. Popularity has no settings, and a blend learns its weights itself.
/// </summary>
public static class SearchSpace
{
    private static readonly Dictionary<string, SearchRange[]> Ranges = new(StringComparer.Ordinal)
    {
        [ImplicitAlsModel.AlgorithmName] =
        [
            SearchRange.Of("rank", "16", "32", "64", "128"),
            new("alpha", 0.01, 2, Logarithmic: true),
            new("lambda", 0.0005, 0.2, Logarithmic: true),
            new("nu", 0.5, 1.1),
            new("iterations", 8, 24, Whole: true),
        ],
        [EaseModel.AlgorithmName] = [new("lambda", 5, 5_000, Logarithmic: true)],
        [ItemKnnModel.AlgorithmName] =
        [
            new("neighbours", 10, 500, Logarithmic: true, Whole: true),
            new("shrinkage", 0.5, 500, Logarithmic: true),
        ],
        [BprModel.AlgorithmName] =
        [
            SearchRange.Of("rank", "16", "32", "64", "128"),
            new("iterations", 50, 400, Logarithmic: true, Whole: true),
            new("rate", 0.005, 0.2, Logarithmic: true),
            new("lambda", 0.0005, 0.1, Logarithmic: true),
        ],
        // λ of the one-class loss is of a whole row, so it wants more than that of the regression.
        [MatrixFactorizationModel.AlgorithmName] =
        [
            SearchRange.Of("LossFunction", Enum.GetNames<LossFunction>()),
            SearchRange.Of("ApproximationRank", "8", "16", "32", "64", "128"),
            new("Lambda", 0.01, 20, Logarithmic: true),
            new("Alpha", 0.001, 1, Logarithmic: true),
            new("LearningRate", 0.02, 0.2, Logarithmic: true),
            new("NumberOfIterations", 8, 40, Logarithmic: true, Whole: true),
        ],
        [ContentModel.AlgorithmName] =
        [
            new("genres", 0.1, 3, Logarithmic: true),
            new("cast", 0.1, 3, Logarithmic: true),
            new("tags", 0.1, 3, Logarithmic: true),
            new("texts", 0.1, 3, Logarithmic: true),
        ],
        [TrendingParameters.AlgorithmName] = [new("half-life-days", 1, 365, Logarithmic: true)],
        [RankerModel.AlgorithmName] =
        [
            new("trees", 30, 300, Logarithmic: true, Whole: true),
            SearchRange.Of("leaves", "7", "15", "31", "63"),
            new("rate", 0.02, 0.2, Logarithmic: true),
            new("min-leaf", 10, 200, Logarithmic: true, Whole: true),
        ],
        [FfmModel.AlgorithmName] =
        [
            SearchRange.Of("latent", "2", "4", "8", "16"),
            new("iterations", 3, 20, Logarithmic: true, Whole: true),
            new("rate", 0.01, 0.2, Logarithmic: true),
            new("lambda", 1e-6, 1e-2, Logarithmic: true),
            new("negatives", 2, 12, Whole: true),
        ],
    };

    public static IReadOnlyCollection<string> Algorithms { get; } = [.. Ranges.Keys.Where(Trainers.Algorithms.Contains).Order(StringComparer.Ordinal)];

    /// <summary>The ranges of an algorithm; empty where it has nothing to search.</summary>
    public static IReadOnlyList<SearchRange> Of(string algorithm) => Ranges.GetValueOrDefault(algorithm, []);
}
