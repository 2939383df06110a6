using System.Globalization;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;

namespace Pipeline.Jobs.Commands;

/// <summary>What was asked of <see cref="EvaluateCommand"/>, as it was written.</summary>
internal sealed record EvaluateRequest(
    FileInfo? Ratings,
    string? Protocol,
    FileInfo? Train,
    FileInfo? Test,
    FileInfo? FoldIn,
    string Algorithm,
    IReadOnlyList<string> Settings,
    string Cutoffs,
    double? MinValue,
    int Seed)
{
    private const int MaxCutoff = 10_000;

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

    public IEnumerable<KeyValuePair<string, string>> ParseSettings() => Settings.Select(setting =>
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? KeyValuePair.Create(setting[..equals], setting[(equals + 1)..])
            : throw new UsageException($"--set {setting}: expected key=value.");
    });

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
