using System.Globalization;

namespace Pipeline.Models.Training;

/// <summary>The settings of one algorithm: how each is read from text into its parameters, checked, and written again.</summary>
/// <typeparam name="TParameters">A record; what is not set keeps its default.</typeparam>
internal sealed class SettingTable<TParameters>(string algorithm, TParameters defaults, IReadOnlyList<SettingEntry<TParameters>> entries)
{
    public TParameters Defaults => defaults;

    public IReadOnlyList<Setting> Settings { get; } =
        [.. entries.Select(entry => new Setting(entry.Name, entry.Write(defaults), entry.Meaning))];

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public TParameters Read(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var parameters = defaults;
        foreach (var (name, value) in settings)
        {
            var entry = entries.FirstOrDefault(entry => entry.Name == name)
                ?? throw new AlgorithmSettingException(
                    $"'{name}' is no setting of {algorithm}; valid are {string.Join(", ", entries.Select(entry => entry.Name))}.");
            parameters = entry.Read(parameters, value)
                ?? throw new AlgorithmSettingException($"{name}={value}: expected {entry.Expected}.");
        }
        return parameters;
    }

    /// <summary>Every setting with its value; <see cref="Read"/> gives the same parameters again.</summary>
    public IReadOnlyDictionary<string, string> Write(TParameters parameters) =>
        entries.ToDictionary(entry => entry.Name, entry => entry.Write(parameters), StringComparer.Ordinal);
}

/// <param name="Expected">What a value has to be, for messages.</param>
/// <param name="Read">The parameters with the value set; null where the text does not fit.</param>
internal sealed record SettingEntry<TParameters>(
    string Name, string Meaning, string Expected, Func<TParameters, string, TParameters?> Read, Func<TParameters, string> Write);

/// <summary>The kinds of settings there are.</summary>
internal static class SettingEntry
{
    public static SettingEntry<T> Whole<T>(string name, string meaning, long min, long max, Func<T, long> get, Func<T, long, T> set)
        where T : class => new(
            name,
            meaning,
            max == long.MaxValue ? $"a whole number, {min} or more" : $"a whole number from {min} to {max}",
            (parameters, text) =>
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
                    ? set(parameters, value)
                    : null,
            parameters => get(parameters).ToString(CultureInfo.InvariantCulture));

    /// <param name="exclusive">True where <paramref name="min"/> itself is out of range.</param>
    public static SettingEntry<T> Number<T>(
        string name, string meaning, double min, double max, Func<T, double> get, Func<T, double, T> set, bool exclusive = false)
        where T : class => new(
            name,
            meaning,
            double.IsNegativeInfinity(min) ? "a number"
            : !double.IsPositiveInfinity(max) ? $"a number from {min} to {max}"
            : exclusive ? $"a number above {min}" : $"a number, {min} or more",
            (parameters, text) =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value) && (exclusive ? value > min : value >= min) && value <= max
                    ? set(parameters, value)
                    : null,
            parameters => get(parameters).ToString(CultureInfo.InvariantCulture));

    public static SettingEntry<T> Flag<T>(string name, string meaning, Func<T, bool> get, Func<T, bool, T> set)
        where T : class => new(
            name,
            meaning,
            "true or false",
            (parameters, text) => bool.TryParse(text, out var value) ? set(parameters, value) : null,
            parameters => get(parameters) ? "true" : "false");

    /// <summary>One of an enum's names, in whatever case.</summary>
    public static SettingEntry<T> Choice<T, TEnum>(string name, string meaning, Func<T, TEnum> get, Func<T, TEnum, T> set)
        where T : class
        where TEnum : struct, Enum => new(
            name,
            meaning,
            "one of " + string.Join(", ", Enum.GetNames<TEnum>().Select(Shown)),
            (parameters, text) => Enum.TryParse<TEnum>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0])
                ? set(parameters, value)
                : null,
            parameters => Shown(get(parameters).ToString()));

    public static SettingEntry<T> Seed<T>(Func<T, ulong> get, Func<T, ulong, T> set)
        where T : class => new(
            "seed",
            "the same seed gives the same model",
            "a whole number, 0 or more",
            (parameters, text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? set(parameters, value) : null,
            parameters => get(parameters).ToString(CultureInfo.InvariantCulture));

    /// <summary>Text of any other kind.</summary>
    public static SettingEntry<T> Text<T>(
        string name, string meaning, string expected, Func<T, string> get, Func<T, string, T?> set)
        where T : class => new(name, meaning, expected, set, get);

    private static string Shown(string name) => name.ToLowerInvariant();
}
