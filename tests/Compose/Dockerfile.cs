using System.Text.Json;
using Pipeline.Servers;

namespace Pipeline.Compose.Tests;

/// <summary>The instructions of one Dockerfile, in order.</summary>
internal sealed class Dockerfile(string path)
{
    private readonly IReadOnlyList<(string Word, string Arguments)> _instructions =
    [
        .. Repository.Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => (line.Split(' ')[0], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])),
    ];

    public string Path { get; } = path;

    public IEnumerable<string> All(string word) => _instructions.Where(instruction => instruction.Word == word).Select(instruction => instruction.Arguments);

    /// <summary>Images that the stages start from.</summary>
    public IEnumerable<string> BaseImages => All("FROM").Select(from => from.Split(' ')[0]);

    /// <summary>What is copied from the repository, without what is copied from an earlier stage.</summary>
    public IEnumerable<string> CopiedSources => All("COPY").Where(copy => !copy.StartsWith("--from", StringComparison.Ordinal)).SelectMany(copy => copy.Split(' ')[..^1]);

    /// <summary>The health check as the words of a command.</summary>
    public string[] HealthCheck
    {
        get
        {
            string check = All("HEALTHCHECK").Single();
            return JsonSerializer.Deserialize<string[]>(check[(check.IndexOf("CMD ", StringComparison.Ordinal) + 4)..])!;
        }
    }
}
