using System.Collections.Concurrent;
using System.Reflection;

namespace Pipeline.Storage;

/// <summary>Statements and scripts that stand in files of their own beside their caller and travel inside the assembly.</summary>
public static class EmbeddedText
{
    private static readonly Assembly Home = typeof(EmbeddedText).Assembly;
    private static readonly ConcurrentDictionary<string, string> Read = new(StringComparer.Ordinal);

    /// <summary>All files whose path starts with <paramref name="folder"/>, in the order of their names.</summary>
    public static IReadOnlyList<string> Names(string folder) =>
        [.. Home.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <param name="path">Path of the file inside the project, such as <c>MySql/Runs/open.sql</c>.</param>
    /// <exception cref="InvalidOperationException">There is no such file. Callers keep the text in a static field, so this fails at start.</exception>
    public static string Load(string path) => Read.GetOrAdd(path, static path =>
    {
        using var stream = Home.GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"{path} is not embedded in {Home.GetName().Name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });
}
