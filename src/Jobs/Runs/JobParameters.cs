using System.Globalization;
using Pipeline.Dashboard;

namespace Pipeline.Jobs.Runs;

/// <summary>What was asked for cannot be: an unknown job or parameter, or a value out of range. The message says what can be.</summary>
public sealed class UsageException(string message) : Exception(message);

/// <summary>A setting of a job that <c>--set name=value</c> changes.</summary>
/// <param name="Meaning">What it does, and its unit.</param>
/// <param name="Range">What it may be; empty for any text.</param>
public abstract record JobParameter(string Name, string Meaning, string Range)
{
    /// <summary>What kind of value it takes, for forms.</summary>
    public SettingKind Kind { get; init; }

    /// <summary>Whether a run is no use without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Meaning and range, in one line.</summary>
    internal string Help => Range.Length == 0 ? Meaning : $"{Meaning}; {Range}";

    internal abstract object? DefaultValue { get; }

    /// <summary>The default as <c>--set</c> would take it; empty where the job decides.</summary>
    internal string DefaultText => Convert.ToString(DefaultValue, CultureInfo.InvariantCulture) ?? "";

    /// <exception cref="FormatException">The text is not such a value, or it is out of range.</exception>
    internal abstract object ParseValue(string text);
}

/// <param name="Default">The value where none is set; null for what the job decides when it runs.</param>
/// <param name="Parse">Throws <see cref="FormatException"/> for what the parameter cannot be.</param>
public sealed record JobParameter<T>(string Name, string Meaning, string Range, T Default, Func<string, T> Parse) : JobParameter(Name, Meaning, Range)
{
    internal override object? DefaultValue => Default;

    internal override object ParseValue(string text) => Parse(text)!;
}

/// <summary>The kinds of parameters.</summary>
public static class JobParameters
{
    public static JobParameter<int> Whole(string name, string meaning, int otherwise, int least, int most) =>
        new(name, meaning, $"{least} to {most}", otherwise, text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
                ? value
                : throw new FormatException()) { Kind = SettingKind.Whole };

    public static JobParameter<long> Whole(string name, string meaning, long otherwise, long least, long most) =>
        new(name, meaning, $"{least} to {most}", otherwise, text =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most
                ? value
                : throw new FormatException()) { Kind = SettingKind.Whole };

    public static JobParameter<double> Number(string name, string meaning, double otherwise, double least, double most) =>
        new(name, meaning, string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"), otherwise, text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
                ? value
                : throw new FormatException()) { Kind = SettingKind.Number };

    /// <param name="range">What it is made of.</param>
    /// <param name="check">Throws <see cref="FormatException"/> for what the text cannot be.</param>
    public static JobParameter<string> Text(string name, string meaning, string range, string otherwise, Action<string> check) =>
        new(name, meaning, range, otherwise, text =>
        {
            check(text);
            return text;
        });

    public static JobParameter<DateTime?> Time(string name, string meaning) =>
        new(name, meaning, "ISO 8601 with offset", null, text =>
            DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
                ? value.UtcDateTime
                : throw new FormatException());
}

/// <summary>A run's parameters, all checked: those set, and the defaults of the others.</summary>
public sealed class ParameterValues
{
    private readonly Dictionary<string, object?> _values;

    private readonly HashSet<string> _set;

    private ParameterValues(Dictionary<string, object?> values, HashSet<string> set)
    {
        _values = values;
        _set = set;
    }

    /// <summary>Every parameter with the value that the run uses, by name.</summary>
    public IReadOnlyDictionary<string, object?> All => _values;

    public T Get<T>(JobParameter<T> parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return (T)_values[parameter.Name]!;
    }

    /// <summary>Whether somebody asked for the value, be it the default's.</summary>
    public bool IsSet(JobParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return _set.Contains(parameter.Name);
    }

    /// <param name="settings">Texts such as <c>rank=64</c>.</param>
    /// <exception cref="UsageException">One of them is not a parameter of this job, or not a value of it, or one that it needs is missing.</exception>
    public static ParameterValues Read(string job, IReadOnlyList<JobParameter> parameters, IEnumerable<string> settings)
    {
        var values = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.DefaultValue);
        var set = new HashSet<string>(StringComparer.Ordinal);
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=');
            string name = equals < 0 ? setting : setting[..equals];
            var parameter = parameters.FirstOrDefault(parameter => parameter.Name == name)
                ?? throw new UsageException($"{job} has no parameter '{name}'. It has:\n{Describe(parameters)}");
            try
            {
                values[name] = parameter.ParseValue(equals < 0 ? "" : setting[(equals + 1)..]);
                set.Add(name);
            }
            catch (FormatException)
            {
                throw new UsageException($"{setting}: expected {name}=VALUE, {parameter.Help}");
            }
        }
        var missing = parameters.FirstOrDefault(parameter => parameter.IsRequired && !set.Contains(parameter.Name));
        return missing is null
            ? new ParameterValues(values, set)
            : throw new UsageException($"{job} needs {missing.Name}=VALUE, {missing.Help}");
    }

    private static string Describe(IReadOnlyList<JobParameter> parameters) =>
        string.Join('\n', parameters.Select(parameter => $"  {parameter.Name,-20} {parameter.Help}"));
}
