using System.Globalization;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Titles;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>What a run of <c>train-recommendations</c> tries: one table, and popularity beside it.</summary>
internal static class TrainingCandidates
{
    public const string Auto = "auto";

    /// <summary>
    /// Tried where nothing else is asked for: factors of two sizes, since small sets want few and large ones many; what titles have in
    /// common, which wins where tastes are too many for factors; and what they are, which wins where little has been watched.
    /// </summary>
    private static readonly (string Name, string Algorithm, string Settings)[] Table =
    [
        .. new (string Name, string Algorithm, string Settings)[]
        {
            ("ials", ImplicitAlsModel.AlgorithmName, ""),
            ("ials-16", ImplicitAlsModel.AlgorithmName, "rank=16"),
            ("ease", "ease", ""),
            ("item-knn", "item-knn", ""),
            ("blend", "blend", ""),
            (ContentModel.AlgorithmName, ContentModel.AlgorithmName, ""),
        }.Where(row => Trainers.Algorithms.Contains(row.Algorithm)),
    ];

    /// <param name="titles">What is known of titles; where that is nothing, what titles are is no candidate unless it is asked for.</param>
    public static IReadOnlyList<ModelCandidate> Of(ParameterValues values, KnownTitles titles)
    {
        string asked = values.Get(Algorithm);
        (string Name, string Algorithm, string Settings)[] rows = asked == Auto ? [.. Table.Where(row => titles.Count > 0 || row.Algorithm != ContentModel.AlgorithmName)] : [.. Split(asked).Distinct().Select(name => (name, name, ""))];
        var candidates = rows.Select(row => Create(row.Name, row.Algorithm, row.Settings)).ToList();
        if (rows.All(row => row.Algorithm != PopularityModel.AlgorithmName))
            candidates.Add(new ModelCandidate(PopularityModel.AlgorithmName, new PopularityTrainer()));
        return candidates;

        ModelCandidate Create(string name, string algorithm, string settings)
        {
            var merged = new Dictionary<string, string>(StringComparer.Ordinal);
            if (algorithm == ImplicitAlsModel.AlgorithmName)
                Add(merged, Als(values, _ => true));
            Add(merged, Split(settings));
            Add(merged, Given(values, algorithm));
            return new ModelCandidate(name, Trainers.Create(algorithm, merged, titles));
        }
    }

    /// <summary>What was asked of one algorithm, in parameters of its own or in <c>settings</c>: a search does not vary it.</summary>
    public static IReadOnlyDictionary<string, string> AskedOf(ParameterValues values, string algorithm)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        if (algorithm == ImplicitAlsModel.AlgorithmName)
            Add(settings, Als(values, parameter => parameter == Seed || values.IsSet(parameter)));
        Add(settings, Given(values, algorithm));
        return settings;
    }

    /// <exception cref="FormatException">One of them is no algorithm, or there is none but popularity.</exception>
    public static void CheckAlgorithms(string text)
    {
        if (text != Auto && (Split(text).Any(name => !Trainers.Algorithms.Contains(name)) || Split(text).All(name => name == PopularityModel.AlgorithmName)))
            throw new FormatException();
    }

    /// <exception cref="UsageException">One of them is no setting of an algorithm, or cannot be what it is set to; the message says what can.</exception>
    public static void CheckSettings(string text)
    {
        try
        {
            foreach (string setting in Split(text))
            {
                int dot = setting.IndexOf('.'), equals = setting.IndexOf('=');
                if (dot <= 0 || equals < dot)
                    throw new UsageException($"settings={text}: expected ALGORITHM.name=value, not '{setting}'");
                Trainers.Create(setting[..dot], [KeyValuePair.Create(setting[(dot + 1)..equals], setting[(equals + 1)..])]);
            }
        }
        catch (AlgorithmSettingException problem)
        {
            throw new UsageException($"settings={text}: {problem.Message}");
        }
    }

    private static void Add(Dictionary<string, string> settings, IEnumerable<string> more)
    {
        foreach (string setting in more)
            settings[setting[..setting.IndexOf('=')]] = setting[(setting.IndexOf('=') + 1)..];
    }

    private static IEnumerable<string> Given(ParameterValues values, string algorithm) => Split(values.Get(Settings))
        .Where(setting => setting.StartsWith(algorithm + ".", StringComparison.Ordinal))
        .Select(setting => setting[(algorithm.Length + 1)..]);

    private static IEnumerable<string> Als(ParameterValues values, Func<JobParameter, bool> which) => ((JobParameter[])[Rank, Iterations, Alpha, Lambda, Nu, Seed])
        .Where(which)
        .Select(parameter => string.Create(CultureInfo.InvariantCulture, $"{parameter.Name}={values.All[parameter.Name]}"));

    private static string[] Split(string text) => text.Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
