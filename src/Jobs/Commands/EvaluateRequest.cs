using System.Globalization;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Jobs.Commands;

/// <summary>What was asked of <see cref="EvaluateCommand"/>, as it was written.</summary>
internal sealed record EvaluateRequest
{
    /// <summary>Every interaction counts 1.</summary>
    public const string ValuesIgnored = "ignore";

    /// <summary>Values are what the file says.</summary>
    public const string ValuesGiven = "use";

    private const int MaxCutoff = 10_000;
    private const int MaxRerank = 10;

    public FileInfo? Ratings { get; init; }

    public string? Protocol { get; init; }

    public FileInfo? Train { get; init; }

    public FileInfo? Test { get; init; }

    public FileInfo? FoldIn { get; init; }

    public FileInfo? Members { get; init; }

    public FileInfo? Titles { get; init; }

    /// <summary>One or more, or several separated by commas.</summary>
    public required IReadOnlyList<string> Asked { get; init; }

    public required string Against { get; init; }

    public IReadOnlyList<string> Settings { get; init; } = [];

    public required string Cutoffs { get; init; }

    public double? MinValue { get; init; }

    public string Values { get; init; } = ValuesIgnored;

    public int Seed { get; init; }

    public RerankOptions Rerank { get; init; } = RerankOptions.None;

    /// <summary>Settings to search of each algorithm; null for none.</summary>
    public int? Search { get; init; }

    public TimeSpan? Budget { get; init; }

    public FileInfo? Resume { get; init; }

    public FileInfo? Report { get; init; }

    /// <summary>The algorithms asked for, then those beside them, each once.</summary>
    public IReadOnlyList<AskedAlgorithm> Algorithms =>
        [.. Asked.Append(Against).SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(AskedAlgorithm.Parse).Distinct()];

    /// <exception cref="UsageException">Neither of the two forms is complete, or they are mixed, or a value is out of its range.</exception>
    public void Validate()
    {
        if (Algorithms.Count == 0)
            throw new UsageException($"--algorithm: expected one or more of {string.Join(", ", Trainers.Algorithms)}.");
        if (Algorithms.GroupBy(asked => asked.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { Key: var doubled })
            throw new UsageException($"--algorithm: two are called {doubled}; give each a name of its own, NAME=ALGORITHM.");
        if (Values is not (ValuesIgnored or ValuesGiven))
            throw new UsageException($"--values {Values}: expected {ValuesIgnored} or {ValuesGiven}.");
        // Before the work, not after it.
        foreach (var (option, file) in new[] { ("--report", Report), ("--resume", Resume) })
        {
            if (file is not null && (file.Directory is not { Exists: true } || Directory.Exists(file.FullName)))
                throw new UsageException($"{option} {file}: expected a file in a folder that exists.");
        }
        var given = Train is not null || Test is not null || FoldIn is not null;
        if (Ratings is not null ? given || Protocol is null : Train is null || Test is null || Protocol is not null)
        {
            throw new UsageException(
                "evaluate takes either --ratings FILE --protocol NAME, or --train FILE --test FILE [--fold-in FILE].");
        }
        if (Protocol is not null && !Protocols.Names.Contains(Protocol))
            throw new UsageException($"--protocol {Protocol}: expected one of {string.Join(", ", Protocols.Names)}.");
        if (Rerank is not { Diversity: >= 0 and <= MaxRerank, Calibration: >= 0 and <= MaxRerank })
            throw new UsageException($"--diversity and --calibration: expected numbers from 0 to {MaxRerank}.");
        if (Search is < 1 or > SearchOptions.MaxTrials)
            throw new UsageException($"--search {Search}: expected 1 to {SearchOptions.MaxTrials}.");
        if (Search is null && (Budget is not null || Resume is not null))
            throw new UsageException("--budget and --resume are of a search: say how many settings with --search N.");
    }

    /// <exception cref="UsageException">The text is no time such as <c>90s</c>, <c>10m</c> or <c>2h</c>.</exception>
    public static TimeSpan? ParseBudget(string? text)
    {
        if (text is null)
            return null;
        double seconds = text.Length > 1 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, _ => 0 } : 0;
        return seconds > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is > 0 and < 10_000
            ? TimeSpan.FromSeconds(value * seconds)
            : throw new UsageException($"--budget {text}: expected a time such as 90s, 10m or 2h.");
    }

    /// <summary>Settings of one of the algorithms: <c>key=value</c> is for the first one asked for, <c>NAME.key=value</c> for the one so named.</summary>
    public IEnumerable<KeyValuePair<string, string>> SettingsOf(AskedAlgorithm asked)
    {
        foreach (var setting in Settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"--set {setting}: expected key=value.");
            var (key, value) = (setting[..equals], setting[(equals + 1)..]);
            var owner = Algorithms.FirstOrDefault(other => key.StartsWith(other.Name + ".", StringComparison.Ordinal));
            if ((owner ?? Algorithms[0]) == asked)
                yield return KeyValuePair.Create(owner is null ? key : key[(owner.Name.Length + 1)..], value);
        }
    }

    /// <returns>Ascending, each once.</returns>
    public IReadOnlyList<int> ParseCutoffs() => Cutoffs
        .Split(',')
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var k) && k is >= 1 and <= MaxCutoff
            ? k
            : throw new UsageException($"--k {Cutoffs}: expected whole numbers from 1 to {MaxCutoff}, separated by commas."))
        .Distinct()
        .Order()
        .ToList();
}
