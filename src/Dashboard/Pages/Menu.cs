using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Pages;

/// <summary>The pages that are always one step away.</summary>
/// <param name="Title">English.</param>
internal sealed record Menu(string Path, string Title)
{
    private static readonly Menu[] All =
    [
        new("/", "Overview"),
        new("/runs", "Runs"),
        new("/jobs", "Jobs"),
        new("/models", "Models"),
        new("/generations", "Generations"),
        new("/why", "Why this list"),
        new("/titles", "Titles"),
        new("/ingest", "Ingest"),
        new("/servers", "Health"),
        new("/erasures", "Erasures"),
        new("/operators", "Operators"),
        new("/audit", "Audit"),
        new(Routes.Hangfire, "Hangfire"),
    ];

    /// <summary>Those that a role may see.</summary>
    public static IEnumerable<Menu> For(OperatorRole role) =>
        All.Where(entry => Routes.Suffices(role, (Routes.Find(entry.Path) ?? Routes.Find(entry.Path + "/{**path}"))!.Read));
}
