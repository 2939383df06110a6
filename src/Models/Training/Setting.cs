using System.Globalization;
using System.Numerics;

namespace Pipeline.Models.Training;

/// <summary>A setting of an algorithm that can be given as text.</summary>
/// <param name="Name">As it is written in <c>name=value</c>.</param>
/// <param name="Meaning">One line for people, with the paper's letter where there is one.</param>
public sealed record Setting(string Name, string Default, string Meaning);

/// <summary>A setting that does not exist, or a value that does not fit it. The message is for whoever wrote it.</summary>
public sealed class AlgorithmSettingException(string message) : Exception(message);

/// <summary>Settings as they were given, read by name and type.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<string, string> given = new(StringComparer.Ordinal);

    public SettingValues(string algorithm, IReadOnlyList<Setting> valid, IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (!valid.Any(setting => setting.Name == name))
            {
                var names = valid.Count == 0 ? "it has none" : "valid are " + string.Join(", ", valid.Select(setting => setting.Name));
                throw new AlgorithmSettingException($"'{name}' is no setting of {algorithm}; {names}.");
            }
            given[name] = value;
        }
    }

    public int Integer(string name, int otherwise) => Read(name, otherwise, NumberStyles.AllowLeadingSign, "a whole number");

    public ulong Seed(string name, ulong otherwise) => Read(name, otherwise, NumberStyles.None, "a whole number, 0 or more");

    public double Number(string name, double otherwise) => Read(name, otherwise, NumberStyles.Float, "a number");

    public TEnum Choice<TEnum>(string name, TEnum otherwise)
        where TEnum : struct, Enum
    {
        if (!given.TryGetValue(name, out var text))
            return otherwise;
        return Enum.GetNames<TEnum>().Any(known => known.Equals(text, StringComparison.OrdinalIgnoreCase))
            ? Enum.Parse<TEnum>(text, ignoreCase: true)
            : throw new AlgorithmSettingException($"{name}={text}: expected one of {string.Join(", ", Enum.GetNames<TEnum>()).ToLowerInvariant()}.");
    }

    private T Read<T>(string name, T otherwise, NumberStyles style, string expected)
        where T : struct, INumberBase<T>
    {
        if (!given.TryGetValue(name, out var text))
            return otherwise;
        return T.TryParse(text, style, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new AlgorithmSettingException($"{name}={text}: expected {expected}.");
    }
}
