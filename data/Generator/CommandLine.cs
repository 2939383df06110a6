using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Pipeline.Generator;

/// <summary>The arguments of <c>generate</c>, and their bounds.</summary>
internal sealed class CommandLine
{
    private static readonly GenerateOptions Default = new();

    private readonly Option<long> _events = Number("--events", "lines to write", Default.Events, 0, 1_000_000_000_000);
    private readonly Option<int> _members = Number("--members", "members who watch; user ids are 1 to this", Default.Members, 1, 10_000_000);
    private readonly Option<int> _titles = Number("--titles", $"titles in the catalogue; content ids start at {World.FirstContentId}", Default.Titles, 1, 1_000_000);
    private readonly Option<long> _seed = Number("--seed", "same arguments and seed, same bytes", Default.Seed, long.MinValue, long.MaxValue);
    private readonly Option<int> _days = Number("--days", "days that are told, the last ends at --until", Default.Days, 1, 390);
    private readonly Option<bool> _catalog = new("--catalog") { Description = "write the titles as NDJSON instead of the events" };

    private readonly Option<DateTimeOffset?> _until = new("--until")
    {
        Description = $"end of the time that is told, ISO 8601 [default: {GenerateOptions.DefaultUntil:yyyy-MM-ddTHH:mm:ssZ}]",
        CustomParser = ParseTime,
        HelpName = "time",
    };

    public CommandLine(Func<GenerateOptions, bool, CancellationToken, Task<int>> run)
    {
        var generate = new Command("generate", "Believable watch events as NDJSON on standard output.")
        {
            _events, _members, _titles, _seed, _days, _until, _catalog,
        };
        // Usage lines name what was typed: './pipeline', which says so, or this program.
        Root = new Command(Environment.GetEnvironmentVariable("PIPELINE_COMMAND") ?? RootCommand.ExecutableName) { generate, new HelpOption() };
        generate.SetAction((parsed, cancellationToken) => run(
            new GenerateOptions(parsed.GetValue(_events), parsed.GetValue(_members), parsed.GetValue(_titles), parsed.GetValue(_seed),
                parsed.GetValue(_days))
            { Until = parsed.GetValue(_until) ?? GenerateOptions.DefaultUntil },
            parsed.GetValue(_catalog), cancellationToken));
    }

    public Command Root { get; }

    private static Option<T> Number<T>(string name, string description, T otherwise, T least, T most)
        where T : struct, IComparable<T>, IParsable<T>
    {
        return new Option<T>(name)
        {
            Description = description,
            HelpName = "n",
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var value) && value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0)
                    return value;
                result.AddError($"{name} must be a whole number from {least} to {most}, not '{text}'.");
                return default;
            },
        };
    }

    private static DateTimeOffset? ParseTime(ArgumentResult result)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, utc, out var time) && time.Year is >= 2000 and < 2200)
            return time;
        result.AddError($"--until must be an ISO 8601 time such as 2026-11-22T00:00:00Z, not '{result.Tokens[0].Value}'.");
        return default;
    }
}
