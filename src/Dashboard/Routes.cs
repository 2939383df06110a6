using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard;

/// <summary>Who may ask.</summary>
public enum Need
{
    /// <summary>Nobody: there is no such request.</summary>
    Nothing,

    /// <summary>Everybody that the network lists let in, signed in or not.</summary>
    Anyone,
    Viewer,
    Scientist,
    Releaser,
    Admin,
}

/// <param name="Pattern">The endpoint's route pattern.</param>
/// <param name="Read">Who may GET it.</param>
/// <param name="Change">Who may POST to it, with an antiforgery token.</param>
public sealed record Route(string Pattern, Need Read, Need Change);

/// <summary>Every route of the dashboard, and who may take it. What is not in this table is not answered, mapped or not.</summary>
public static class Routes
{
    public const string SignIn = "/sign-in";
    public const string Welcome = "/welcome";
    public const string Problem = "/problem";
    public const string Hangfire = "/hangfire";

    public const string Api = "/api";

    /// <summary>What Hangfire's pages ask for every few seconds, by POST: it changes nothing.</summary>
    public const string HangfireFigures = "/hangfire/stats";

    public static IReadOnlyList<Route> All { get; } =
    [
        new("/dashboard.css", Need.Anyone, Need.Nothing),
        new("/dashboard.js", Need.Anyone, Need.Nothing),
        new(Problem, Need.Anyone, Need.Anyone),
        new(Welcome, Need.Anyone, Need.Nothing),
        new(SignIn, Need.Anyone, Need.Anyone),
        new("/enrol/{token}", Need.Anyone, Need.Anyone),
        new("/language", Need.Nothing, Need.Anyone),
        new("/sign-out", Need.Nothing, Need.Viewer),
        new("/", Need.Viewer, Need.Nothing),
        new("/live", Need.Viewer, Need.Nothing),
        new("/runs", Need.Viewer, Need.Nothing),
        new("/runs/{id:long}", Need.Viewer, Need.Nothing),
        new("/runs/{id:long}/cancel", Need.Scientist, Need.Scientist),
        new("/runs/{id:long}/retry", Need.Nothing, Need.Scientist),
        new("/jobs", Need.Viewer, Need.Nothing),
        new("/jobs/{job}/run", Need.Scientist, Need.Scientist),
        new("/jobs/{job}/backfill", Need.Scientist, Need.Scientist),
        new("/jobs/{job}/pause", Need.Nothing, Need.Releaser),
        new("/jobs/{job}/schedule", Need.Releaser, Need.Releaser),
        new("/alarms/{id:long}/seen", Need.Nothing, Need.Scientist),
        new("/models", Need.Viewer, Need.Nothing),
        new("/models/compare", Need.Viewer, Need.Nothing),
        new("/models/{id:long}", Need.Viewer, Need.Scientist),
        new("/models/{id:long}/promote", Need.Releaser, Need.Releaser),
        new("/generations", Need.Viewer, Need.Nothing),
        new("/generations/{id:long}/roll-back", Need.Releaser, Need.Releaser),
        new("/why", Need.Viewer, Need.Nothing),
        new("/titles", Need.Viewer, Need.Nothing),
        new("/ingest", Need.Viewer, Need.Scientist),
        new("/servers", Need.Viewer, Need.Nothing),
        new("/account", Need.Viewer, Need.Viewer),
        new("/operators", Need.Admin, Need.Admin),
        new("/operators/{id:long}", Need.Admin, Need.Admin),
        new("/erasures", Need.Admin, Need.Admin),
        new("/erasures/{id:long}", Need.Admin, Need.Nothing),
        new("/audit", Need.Admin, Need.Nothing),
        new("/hangfire/{**path}", Need.Viewer, Need.Releaser),
        new("/api/{documentName}.json", Need.Viewer, Need.Nothing),
        new("/api/v1/runs", Need.Viewer, Need.Nothing),
        new("/api/v1/runs/{id:long}", Need.Viewer, Need.Nothing),
        new("/api/v1/runs/{id:long}/log", Need.Viewer, Need.Nothing),
        new("/api/v1/runs/{id:long}/history", Need.Viewer, Need.Nothing),
        new("/api/v1/runs/{id:long}/cancel", Need.Nothing, Need.Scientist),
        new("/api/v1/runs/{id:long}/retry", Need.Nothing, Need.Scientist),
        new("/api/v1/jobs", Need.Viewer, Need.Nothing),
        new("/api/v1/jobs/{job}/runs", Need.Nothing, Need.Scientist),
        new("/api/v1/jobs/{job}/backfill", Need.Nothing, Need.Scientist),
        new("/api/v1/jobs/{job}/pause", Need.Nothing, Need.Releaser),
        new("/api/v1/jobs/{job}/resume", Need.Nothing, Need.Releaser),
        new("/api/v1/jobs/{job}/schedule", Need.Nothing, Need.Releaser),
        new("/api/v1/models", Need.Viewer, Need.Nothing),
        new("/api/v1/models/{id:long}", Need.Viewer, Need.Nothing),
        new("/api/v1/models/{id:long}/promote", Need.Nothing, Need.Releaser),
        new("/api/v1/models/{id:long}/notes", Need.Viewer, Need.Scientist),
        new("/api/v1/refused-events", Need.Viewer, Need.Scientist),
        new("/api/v1/refused-events/replays", Need.Nothing, Need.Scientist),
        new("/api/v1/operators", Need.Admin, Need.Admin),
        new("/api/v1/operators/{id:long}", Need.Admin, Need.Admin),
        new("/api/v1/generations", Need.Viewer, Need.Nothing),
        new("/api/v1/generations/served", Need.Viewer, Need.Nothing),
        new("/api/v1/generations/{id:long}/roll-back", Need.Nothing, Need.Releaser),
        new("/api/v1/erasures", Need.Admin, Need.Admin),
        new("/api/v1/erasures/{id:long}", Need.Admin, Need.Nothing),
        new("/api/v1/alarms", Need.Viewer, Need.Nothing),
        new("/api/v1/alarms/{id:long}/seen", Need.Nothing, Need.Scientist),
    ];

    private static readonly Dictionary<string, Route> ByPattern = All.ToDictionary(route => route.Pattern, StringComparer.Ordinal);

    /// <param name="pattern">With or without the slash before it.</param>
    public static Route? Find(string? pattern) => pattern is null ? null : ByPattern.GetValueOrDefault("/" + pattern.TrimStart('/'));

    /// <summary>Whether a role suffices; null stands for who is not signed in.</summary>
    public static bool Suffices(OperatorRole? role, Need need) => need switch
    {
        Need.Nothing => false,
        Need.Anyone => true,
        _ => role is { } held && (int)held >= need - Need.Viewer,
    };
}
