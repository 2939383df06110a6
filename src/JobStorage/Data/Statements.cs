using System.Collections.Frozen;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Pipeline.JobStorage.Data;

/// <summary>Every SQL file of the library, by its path, with the table prefix filled in.</summary>
internal sealed partial class Statements
{
    private readonly FrozenDictionary<string, string> _texts;

    /// <exception cref="ArgumentException">The prefix has characters that a table's name does not take unquoted.</exception>
    public Statements(string prefix)
    {
        // It becomes part of statements as it is.
        if (!Prefix().IsMatch(prefix))
            throw new ArgumentException($"the table prefix '{prefix}' may have letters, digits and underscores only, at most 32", nameof(prefix));
        _texts = Texts().ToFrozenDictionary(text => text.Path, text => text.Sql.Replace("{prefix}", prefix, StringComparison.Ordinal), StringComparer.Ordinal);
    }

    /// <param name="path">Such as <c>Queues/take.sql</c>.</param>
    public string this[string path] => _texts[path];

    /// <summary>Paths in the order of their names.</summary>
    public IEnumerable<string> Paths => _texts.Keys.Order(StringComparer.Ordinal);

    private static IEnumerable<(string Path, string Sql)> Texts()
    {
        var home = Assembly.GetExecutingAssembly();
        foreach (string name in home.GetManifestResourceNames())
        {
            using var reader = new StreamReader(home.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_]{0,32}$")]
    private static partial Regex Prefix();
}
