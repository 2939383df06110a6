using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Door;

/// <summary>Every route, asked by everybody who may and may not.</summary>
[Trait("speed", "server")]
public sealed class RoutesTests(SharedWorld world)
{
    /// <summary>The host's own, in front of which the dashboard does not stand.</summary>
    private static readonly string[] Probes = ["/health", "/metrics"];

    private static readonly OperatorRole?[] Callers = [null, OperatorRole.Viewer, OperatorRole.Scientist, OperatorRole.Releaser, OperatorRole.Admin];

    /// <summary>Status for: nobody, viewer, scientist, releaser, admin. 401 is the sign-in form in place of the page.</summary>
    public static TheoryData<string, string, int[]> Expected => new()
    {
        { "GET", "/", [401, 200, 200, 200, 200] },
        { "POST", "/", [401, 405, 405, 405, 405] },
        { "GET", "/live", [401, 200, 200, 200, 200] },
        { "GET", "/runs", [401, 200, 200, 200, 200] },
        { "GET", "/runs/1", [401, 200, 200, 200, 200] },
        { "GET", "/runs/999999", [401, 404, 404, 404, 404] },
        { "POST", "/runs/1", [401, 405, 405, 405, 405] },
        { "GET", "/runs/1/cancel", [401, 403, 200, 200, 200] },
        { "POST", "/runs/1/cancel", [401, 403, 302, 302, 302] },
        { "POST", "/runs/999999/cancel", [401, 403, 404, 404, 404] },
        { "GET", "/runs/1/retry", [401, 405, 405, 405, 405] },
        { "POST", "/runs/1/retry", [401, 403, 409, 409, 409] },
        { "POST", "/runs/999999/retry", [401, 403, 404, 404, 404] },
        { "GET", "/alarms/1/seen", [401, 405, 405, 405, 405] },
        { "POST", "/alarms/999999/seen", [401, 403, 302, 302, 302] },
        { "GET", "/jobs/popularity/backfill", [401, 403, 200, 200, 200] },
        { "POST", "/jobs/popularity/backfill", [401, 403, 422, 422, 422] },
        { "GET", "/jobs/train-recommendations/backfill", [401, 403, 404, 404, 404] },
        { "POST", "/jobs/nothing/backfill", [401, 403, 404, 404, 404] },
        { "GET", "/jobs/popularity/schedule", [401, 403, 403, 200, 200] },
        { "POST", "/jobs/popularity/schedule", [401, 403, 403, 200, 200] },
        { "GET", "/jobs/roll-back/schedule", [401, 403, 403, 404, 404] },
        { "POST", "/jobs/nothing/schedule", [401, 403, 403, 404, 404] },
        { "GET", "/jobs/popularity/pause", [401, 405, 405, 405, 405] },
        { "POST", "/jobs/popularity/pause", [401, 403, 403, 400, 400] },
        { "POST", "/jobs/roll-back/pause", [401, 403, 403, 404, 404] },
        { "GET", "/jobs", [401, 200, 200, 200, 200] },
        { "POST", "/jobs", [401, 405, 405, 405, 405] },
        { "GET", "/jobs/popularity/run", [401, 403, 200, 200, 200] },
        { "GET", "/jobs/nothing/run", [401, 403, 404, 404, 404] },
        { "POST", "/jobs/nothing/run", [401, 403, 404, 404, 404] },
        { "GET", "/jobs/roll-back/run", [401, 403, 404, 404, 404] },
        { "POST", "/jobs/roll-back/run", [401, 403, 404, 404, 404] },
        { "GET", "/models", [401, 200, 200, 200, 200] },
        { "GET", "/models/compare?id=1&id=999999", [401, 200, 200, 200, 200] },
        { "GET", "/models/1", [401, 200, 200, 200, 200] },
        { "GET", "/models/999999", [401, 404, 404, 404, 404] },
        { "POST", "/models/1", [401, 403, 422, 422, 422] },
        { "POST", "/models/999999", [401, 403, 404, 404, 404] },
        { "GET", "/models/1/promote", [401, 403, 403, 200, 200] },
        { "POST", "/models/1/promote", [401, 403, 403, 422, 422] },
        { "POST", "/models/999999/promote", [401, 403, 403, 404, 404] },
        { "GET", "/erasures", [401, 403, 403, 403, 200] },
        { "POST", "/erasures", [401, 403, 403, 403, 422] },
        { "GET", "/erasures/999999", [401, 403, 403, 403, 404] },
        { "POST", "/erasures/999999", [401, 405, 405, 405, 405] },
        { "GET", "/api/v1/erasures", [401, 403, 403, 403, 200] },
        { "POST", "/api/v1/erasures", [401, 403, 403, 403, 422] },
        { "GET", "/api/v1/erasures/999999", [401, 403, 403, 403, 404] },
        { "GET", "/why", [401, 200, 200, 200, 200] },
        { "GET", "/why?user=4200&region=KR", [401, 200, 200, 200, 200] },
        { "GET", "/why?user=everybody", [401, 422, 422, 422, 422] },
        { "POST", "/why", [401, 405, 405, 405, 405] },
        { "GET", "/titles", [401, 200, 200, 200, 200] },
        { "GET", "/titles?region=%3Cb%3E&days=-1&title=7&title=x", [401, 200, 200, 200, 200] },
        { "POST", "/titles", [401, 405, 405, 405, 405] },
        { "GET", "/ingest", [401, 200, 200, 200, 200] },
        { "GET", "/ingest?code=none&before=yesterday", [401, 200, 200, 200, 200] },
        { "POST", "/ingest", [401, 403, 404, 404, 404] },
        { "GET", "/api/openapi.json", [401, 200, 200, 200, 200] },
        { "GET", "/api/v1/runs?state=failed&text=x", [401, 200, 200, 200, 200] },
        { "GET", "/api/v1/runs/1", [401, 200, 200, 200, 200] },
        { "GET", "/api/v1/runs/999999", [401, 404, 404, 404, 404] },
        { "GET", "/api/v1/runs/1/log", [401, 200, 200, 200, 200] },
        { "GET", "/api/v1/runs/1/history", [401, 200, 200, 200, 200] },
        { "POST", "/api/v1/runs/1/cancel", [401, 403, 409, 409, 409] },
        { "POST", "/api/v1/runs/999999/cancel", [401, 403, 404, 404, 404] },
        { "POST", "/api/v1/runs/1/retry", [401, 403, 409, 409, 409] },
        { "GET", "/api/v1/jobs", [401, 200, 200, 200, 200] },
        { "POST", "/api/v1/jobs/nothing/runs", [401, 403, 404, 404, 404] },
        { "POST", "/api/v1/jobs/roll-back/runs", [401, 403, 404, 404, 404] },
        { "POST", "/api/v1/jobs/popularity/backfill", [401, 403, 422, 422, 422] },
        { "POST", "/api/v1/jobs/nothing/pause", [401, 403, 403, 404, 404] },
        { "POST", "/api/v1/jobs/nothing/resume", [401, 403, 403, 404, 404] },
        { "POST", "/api/v1/jobs/nothing/schedule", [401, 403, 403, 404, 404] },
        { "GET", "/api/v1/models", [401, 200, 200, 200, 200] },
        { "GET", "/api/v1/models/1", [401, 200, 200, 200, 200] },
        { "POST", "/api/v1/models/999999/promote", [401, 403, 403, 404, 404] },
        { "POST", "/api/v1/models/1/promote", [401, 403, 403, 422, 422] },
        { "GET", "/api/v1/models/1/notes", [401, 200, 200, 200, 200] },
        { "POST", "/api/v1/models/1/notes", [401, 403, 422, 422, 422] },
        { "POST", "/api/v1/models/999999/notes", [401, 403, 404, 404, 404] },
        { "GET", "/api/v1/refused-events?code=none", [401, 200, 200, 200, 200] },
        { "POST", "/api/v1/refused-events", [401, 403, 404, 404, 404] },
        { "POST", "/api/v1/refused-events/replays", [401, 403, 422, 422, 422] },
        { "GET", "/ingest?event=none", [401, 200, 200, 200, 200] },
        { "GET", "/api/v1/operators", [401, 403, 403, 403, 200] },
        { "POST", "/api/v1/operators", [401, 403, 403, 403, 422] },
        { "POST", "/api/v1/operators/1", [401, 403, 403, 403, 422] },
        { "POST", "/api/v1/operators/999999", [401, 403, 403, 403, 404] },
        { "GET", "/api/v1/operators/1", [401, 403, 403, 403, 200] },
        { "GET", "/api/v1/operators/999999", [401, 403, 403, 403, 404] },
        { "GET", "/api/v1/generations", [401, 200, 200, 200, 200] },
        { "GET", "/api/v1/generations/served", [401, 200, 200, 200, 200] },
        { "POST", "/api/v1/generations/1/roll-back", [401, 403, 403, 422, 422] },
        { "GET", "/api/v1/alarms", [401, 200, 200, 200, 200] },
        { "POST", "/api/v1/alarms/999999/seen", [401, 403, 404, 404, 404] },
        { "GET", "/api/v1/nowhere", [401, 404, 404, 404, 404] },
        { "POST", "/api/v1/jobs", [401, 404, 404, 404, 404] },
        { "GET", "/generations", [401, 200, 200, 200, 200] },
        { "GET", "/generations/1/roll-back", [401, 403, 403, 200, 200] },
        { "POST", "/generations/1/roll-back", [401, 403, 403, 200, 200] },
        { "GET", "/generations/999999/roll-back", [401, 403, 403, 404, 404] },
        { "GET", "/servers", [401, 200, 200, 200, 200] },
        { "GET", "/account", [401, 200, 200, 200, 200] },
        { "POST", "/account", [401, 302, 302, 302, 302] },
        { "GET", "/audit", [401, 403, 403, 403, 200] },
        { "POST", "/audit", [401, 405, 405, 405, 405] },
        { "GET", "/operators", [401, 403, 403, 403, 200] },
        { "POST", "/operators", [401, 403, 403, 403, 422] },
        { "GET", "/operators/1", [401, 403, 403, 403, 200] },
        { "POST", "/operators/1", [401, 403, 403, 403, 422] },
        { "GET", "/operators/999999", [401, 403, 403, 403, 404] },
        { "GET", "/hangfire", [401, 200, 200, 200, 200] },
        { "GET", "/hangfire/recurring", [401, 200, 200, 200, 200] },
        { "POST", "/hangfire/stats", [401, 200, 200, 200, 200] },
        { "POST", "/hangfire/recurring/trigger", [401, 403, 403, 422, 422] },
        { "POST", "/hangfire/recurring/remove", [401, 403, 403, 422, 422] },
        { "POST", "/hangfire/jobs/failed/requeue", [401, 403, 403, 422, 422] },
        { "GET", "/sign-in", [200, 200, 200, 200, 200] },
        { "POST", "/sign-in", [401, 401, 401, 401, 401] },
        { "GET", "/welcome", [401, 200, 200, 200, 200] },
        { "GET", "/enrol/nonsense", [404, 404, 404, 404, 404] },
        { "POST", "/enrol/nonsense", [404, 404, 404, 404, 404] },
        { "GET", "/language", [405, 405, 405, 405, 405] },
        { "POST", "/language", [302, 302, 302, 302, 302] },
        { "GET", "/sign-out", [401, 405, 405, 405, 405] },
        { "GET", "/problem", [401, 404, 404, 404, 404] },
        { "POST", "/problem", [401, 404, 404, 404, 404] },
        { "GET", "/dashboard.css", [200, 200, 200, 200, 200] },
        { "GET", "/dashboard.js", [200, 200, 200, 200, 200] },
        { "PUT", "/account", [401, 405, 405, 405, 405] },
        { "DELETE", "/operators/1", [401, 405, 405, 405, 405] },
        { "POST", "/sign-out", [401, 302, 302, 302, 302] },
        { "GET", "/health", [200, 200, 200, 200, 200] },
        { "GET", "/metrics", [200, 200, 200, 200, 200] },
        { "GET", "/nowhere", [401, 404, 404, 404, 404] },
        { "POST", "/nowhere", [401, 404, 404, 404, 404] },
    };

    [Fact]
    public void Every_mapped_endpoint_is_in_the_table_and_the_other_way_round()
    {
        var mapped = world.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Distinct();

        Assert.Equal(Routes.All.Select(route => route.Pattern).Concat(Probes).Order(), mapped.Order());
        Assert.Equal(Routes.All.Count, Routes.All.Select(route => route.Pattern).Distinct().Count());
    }

    /// <summary>Paths of a route, a method at a time: none is left out, the host's own probes neither.</summary>
    [Fact]
    public void Every_route_is_asked_for_what_it_does()
    {
        var asked = Expected.Select(row => row.Data).ToList();
        Assert.All(Probes, probe => Assert.Contains(asked, row => row is { Item1: "GET" } && row.Item2 == probe));
        foreach (var route in Routes.All)
        {
            foreach (string method in (string[])[.. route.Read == Need.Nothing ? [] : (string[])["GET"], .. route.Change == Need.Nothing ? [] : (string[])["POST"]])
                Assert.True(asked.Any(row => row.Item1 == method && Pattern(route).IsMatch(row.Item2.Split('?')[0])), $"{method} {route.Pattern} is not asked for");
        }
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Everybody_gets_what_the_table_says(string method, string path, int[] expected)
    {
        for (int i = 0; i < Callers.Length; i++)
        {
            using var caller = await CallerAsync(Callers[i]);
            string? token = method == "POST" ? Visitor.Token(await PageWithFormAsync(caller)) : null;
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (path.StartsWith("/api", StringComparison.Ordinal))
                request.Content = method == "POST" ? new StringContent("{}", System.Text.Encoding.UTF8, "application/json") : null;
            else if (token is not null)
                request.Content = new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token), KeyValuePair.Create("name", $"nobody-{i}")]);
            using var answer = await caller.SendAsync(request);
            Assert.True(expected[i] == (int)answer.StatusCode, $"{method} {path} as {Callers[i]?.ToString() ?? "nobody"}: {(int)answer.StatusCode}, expected {expected[i]}");
        }
    }

    /// <summary>A path of every route that a browser changes something by.</summary>
    public static TheoryData<string> Changes => new()
    {
        "/account",
        "/operators",
        "/operators/1",
        "/runs/1/cancel",
        "/jobs/popularity/run",
        "/jobs/popularity/pause",
        "/jobs/popularity/schedule",
        "/jobs/popularity/backfill",
        "/runs/1/retry",
        "/alarms/1/seen",
        "/generations/1/roll-back",
        "/models/1",
        "/models/1/promote",
        "/ingest",
        "/erasures",
        "/sign-out",
        "/sign-in",
        "/language",
        "/enrol/nonsense",
        "/hangfire/recurring/trigger",
    };

    [Fact]
    public void Every_change_is_asked_for_without_a_token()
    {
        var changes = Routes.All.Where(route => route.Change != Need.Nothing && route.Pattern != Routes.Problem && !route.Pattern.StartsWith(Routes.Api, StringComparison.Ordinal));

        Assert.All(changes, route => Assert.Contains(Changes, row => Pattern(route).IsMatch(row.Data)));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task No_change_without_this_session_s_token(string path)
    {
        using var admin = await CallerAsync(OperatorRole.Admin);
        using var other = await CallerAsync(OperatorRole.Releaser);
        string another = Visitor.Token(await PageWithFormAsync(other));

        foreach (string? token in (string?[])[null, "", "guess", another])
        {
            using var answer = await admin.PostWithAsync(path, token);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_token_of_the_visit_before_does_not_outlive_the_sign_in()
    {
        using var visitor = world.Visitor();
        string before = Visitor.Token(await visitor.PageAsync("/sign-in"));
        await SignInAsync(visitor, OperatorRole.Viewer);

        using var answer = await visitor.PostWithAsync("/account", before);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/hangfire")]
    [InlineData("/dashboard.css")]
    [InlineData("/nowhere")]
    public async Task Every_answer_has_the_strict_headers(string path)
    {
        using var viewer = await CallerAsync(OperatorRole.Viewer);
        viewer.Headers["X-Forwarded-Proto"] = "https";
        using var answer = await viewer.GetAsync(path);

        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal(path == "/hangfire", policy.Contains("unsafe-inline"));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
    }

    [Fact]
    public async Task A_denied_address_gets_nothing_and_probes_stay_as_they_are()
    {
        using var denied = world.Visitor("10.9.1.1");
        string page = await denied.PageAsync("/sign-in", HttpStatusCode.Forbidden);
        Assert.DoesNotContain("<form", page);
        Assert.Contains("<h1>Not from here</h1>", page);
        Assert.Contains("\"error\":", await denied.PageAsync("/api/v1/runs", HttpStatusCode.Forbidden));
        using var outside = world.Visitor("192.0.2.1");
        await outside.PageAsync("/", HttpStatusCode.Forbidden);
        await outside.PageAsync("/health");
    }

    [Fact]
    public async Task A_request_that_brings_too_much_is_refused()
    {
        using var viewer = await CallerAsync(OperatorRole.Viewer);
        using var answer = await viewer.PostWithAsync("/account", "x", ("end", new string('1', 100_000)));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    /// <summary>The paths of a route.</summary>
    private static Regex Pattern(Route route) =>
        new($"^{Regex.Replace(route.Pattern, @"/?\{\*\*[^}]+\}|\{[^}]+\}", hole => hole.Value.StartsWith('/') ? ".*" : "[^/]+")}$");

    private static Task<string> PageWithFormAsync(Visitor caller) => caller.PageAsync("/sign-in");

    private async Task<Visitor> CallerAsync(OperatorRole? role)
    {
        var visitor = world.Visitor();
        if (role is { } held)
        {
            await SignInAsync(visitor, held);
            visitor.Headers["Authorization"] = $"Bearer {await world.TokenAsync(world.Operators[held], held)}";
        }
        return visitor;
    }

    /// <summary>Straight through the store: what is tested here is what follows.</summary>
    private async Task SignInAsync(Visitor visitor, OperatorRole role) =>
        visitor.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[role]);
}
