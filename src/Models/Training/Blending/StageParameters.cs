namespace Pipeline.Models.Training.Blending;

/// <summary>Parameters that second stages share, besides those of their first stages.</summary>
public record StageParameters
{
    /// <summary>First stages, separated by commas.</summary>
    public string Models { get; init; } = "ials,ease,item-knn";

    /// <summary>Members that the second stage learns from, at most.</summary>
    public int Members { get; init; } = 2000;

    /// <summary>Titles that each first stage puts forward.</summary>
    public int Candidates { get; init; } = 200;

    public ulong Seed { get; init; } = 1;

    /// <summary>The entries of the table of <typeparamref name="T"/> for these.</summary>
    internal static SettingEntry<T>[] Entries<T>()
        where T : StageParameters =>
    [
        SettingEntry.Text<T>(
            FirstStages.SettingName, "first stages, separated by commas; their settings follow as NAME.setting", FirstStages.Expected,
            p => p.Models, (p, text) => p with { Models = text }),
        SettingEntry.Whole<T>(
            "members", "members that the second stage learns from, at most", 1, 10_000_000, p => p.Members, (p, value) => p with { Members = (int)value }),
        SettingEntry.Whole<T>(
            "candidates", "titles that each first stage puts forward", 1, 100_000, p => p.Candidates, (p, value) => p with { Candidates = (int)value }),
        SettingEntry.Seed<T>(p => p.Seed, (p, value) => p with { Seed = value }),
    ];

    /// <summary>Reads own settings and those of the first stages.</summary>
    internal static (T Parameters, FirstStages Stages) Read<T>(SettingTable<T> table, IEnumerable<KeyValuePair<string, string>> settings)
        where T : StageParameters
    {
        var given = settings.ToList();
        var names = given.LastOrDefault(setting => setting.Key == FirstStages.SettingName).Value ?? table.Defaults.Models;
        FirstStages.Check(names);
        var inner = given.Where(setting => FirstStages.Owns(names, setting.Key)).ToList();
        var parameters = table.Read(given.Except(inner));
        return (parameters, FirstStages.Parse(parameters.Models, inner));
    }

    internal static IReadOnlyDictionary<string, string> Write<T>(SettingTable<T> table, T parameters, IEnumerable<KeyValuePair<string, string>> inner)
        where T : StageParameters =>
        table.Write(parameters).Concat(inner).ToDictionary(StringComparer.Ordinal);
}
