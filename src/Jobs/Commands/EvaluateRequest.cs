using System.Globalization;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;

namespace Pipeline.Jobs.Commands;

/// <summary>What was asked of <see cref="EvaluateCommand"/>, as it was written.</summary>
internal sealed record EvaluateRequest
{
    private const int MaxCutoff = 10_000;

    public FileInfo? Ratings { get; init; }

    public string? Protocol { get; init; }

    public FileInfo? Train { get; init; }

    public FileInfo? Test { get; init; }

    public FileInfo? FoldIn { get; init; }

    public FileInfo? Members { get; init; }

    public FileInfo? Titles { get; init; }

    public required string Algorithm { get; init; }

    public required string Against { get; init; }

    public IReadOnlyList<string> Settings { get; init; } = [];

    public required string Cutoffs { get; init; }

    public double? MinValue { get; init; }

    public int Seed { get; init; }

    public FileInfo? Report { get; init; }

    /// <summary>The algorithm asked for, then those beside it, each once.</summary>
    public IReadOnlyList<string> Algorithms =>
        [.. Against.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Prepend(Algorithm).Distinct()];

    /// <exception cref="UsageException">Neither of the two forms is complete, or they are mixed.</exception>
    public void Validate()
    {
        var given = Train is not null || Test is not null || FoldIn is not null;
        if (Ratings is not null ? given || Protocol is null : Train is null || Test is null || Protocol is not null)
        {
            throw new UsageException(
                "evaluate takes either --ratings FILE --protocol NAME, or --train FILE --test FILE [--fold-in FILE].");
        }
        if (Protocol is not null && !Protocols.Names.Contains(Protocol))
            throw new UsageException($"--protocol {Protocol}: expected one of {string.Join(", ", Protocols.Names)}.");
    }

    /// <summary>Settings of one of the algorithms: <c>key=value</c> is for the one asked for, <c>NAME.key=value</c> for the one so named.</summary>
    public IEnumerable<KeyValuePair<string, string>> SettingsOf(string algorithm)
    {
        foreach (var setting in Settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"--set {setting}: expected key=value.");
            var (key, value) = (setting[..equals], setting[(equals + 1)..]);
            var owner = Algorithms.FirstOrDefault(name => key.StartsWith(name + ".", StringComparison.Ordinal));
            if ((owner ?? Algorithm) == algorithm)
                yield return KeyValuePair.Create(owner is null ? key : key[(owner.Length + 1)..], value);
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
