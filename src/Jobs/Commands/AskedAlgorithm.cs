using Pipeline.Jobs.Runs;
using Pipeline.Models.Training;

namespace Pipeline.Jobs.Commands;

/// <summary>An algorithm to measure, and what it is called in reports and before its settings: so one can be measured with several settings.</summary>
internal sealed record AskedAlgorithm(string Name, string Algorithm)
{
    /// <param name="text"><c>ALGORITHM</c>, or <c>NAME=ALGORITHM</c>.</param>
    /// <exception cref="UsageException">The name cannot be one.</exception>
    public static AskedAlgorithm Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return new AskedAlgorithm(text, text);
        var (name, algorithm) = (text[..equals].TrimEnd(), text[(equals + 1)..].TrimStart());
        if (name.Length == 0 || !name.All(sign => char.IsLetterOrDigit(sign) || sign is '-' or '_'))
            throw new UsageException($"--algorithm {text}: expected NAME=ALGORITHM with a name of letters, digits, '-' and '_'.");
        return name == algorithm || !Trainers.Algorithms.Contains(name)
            ? new AskedAlgorithm(name, algorithm)
            : throw new UsageException($"--algorithm {text}: {name} is an algorithm itself; choose another name.");
    }
}
