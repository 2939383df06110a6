using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using MongoDB.Driver;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Api;

/// <summary>What programs get, and what keeps others out.</summary>
[Trait("speed", "server")]
public sealed class ApiTests(SharedWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_made_on_the_account_page_works_is_listed_and_stops_when_it_is_revoked()
    {
        var ada = await world.OperatorAsync("api-ada", OperatorRole.Scientist);
        using var inside = await world.InsideAsync(ada);
        using var spent = await inside.PostAsync("/account?handler=token", "/account", ("name", "nightly"), ("role", "Scientist"), ("days", "30"), ("code", "000000"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, spent.StatusCode);
        using var tooMuch = await inside.PostAsync(
            "/account?handler=token", "/account", ("name", "nightly"), ("role", "Admin"), ("days", "30"), ("code", ada.RecoveryCodes[0]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tooMuch.StatusCode);
        using var made = await inside.PostAsync(
            "/account?handler=token", "/account", ("name", "nightly"), ("role", "Scientist"), ("days", "30"), ("code", ada.RecoveryCodes[0]));
        string page = await made.Content.ReadAsStringAsync(Cancelled);
        string token = System.Text.RegularExpressions.Regex.Match(page, "<code class=\"link\">([^<]+)</code>").Groups[1].Value;

        using var program = Program(token);
        using (var wrong = await SendAsync(program, "/api/v1/jobs/popularity/runs", new { settings = new[] { "titles=none" } }))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            Assert.Contains("titles=none: expected", (await wrong.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("error").GetString());
        }
        foreach (var (job, loud) in ((string, string)[])[("popularity", "publish=yes"), ("train-recommendations", "publish=yes"), ("train-recommendations", "publish")])
        {
            using var refused = await SendAsync(program, $"/api/v1/jobs/{job}/runs", new { settings = new[] { loud } });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.StartsWith($"{loud}: readers keep what they have", (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("error").GetString());
        }
        using (var right = await SendAsync(program, "/api/v1/jobs/popularity/runs", new { settings = new[] { "titles=9" } }))
            Assert.Equal(HttpStatusCode.Accepted, right.StatusCode);
        var entry = (await world.Get<AuditTrail>().SearchAsync("api-ada", AuditActions.RunStart, long.MaxValue, 1, Cancelled)).Single();
        Assert.Equal("asked for: titles=9 publish=no", entry.Event.Became);
        Assert.Matches("^api-ada, token [0-9]+$", entry.Event.Actor);

        string account = await inside.PageAsync("/account");
        Assert.Contains("nightly", account);
        Assert.DoesNotContain(token, account);
        Assert.Equal(0, await world.ScalarAsync<int>("SELECT COUNT(*) FROM operator_token WHERE token_hash = @bytes", new { bytes = System.Text.Encoding.UTF8.GetBytes(token)[..32] }));
        string id = System.Text.RegularExpressions.Regex.Match(account, "name=\"revoke\" value=\"(\\d+)\"").Groups[1].Value;
        using var revoked = await inside.PostAsync("/account", "/account", ("revoke", id));
        using var after = await program.GetAsync("/api/v1/jobs");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task A_session_s_cookie_opens_nothing_and_somebody_else_s_token_revokes_nothing()
    {
        using var browser = world.Visitor();
        browser.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[OperatorRole.Admin]);
        using var answer = await browser.GetAsync("/api/v1/jobs");
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (answer.StatusCode, answer.Headers.WwwAuthenticate.Single().Scheme));

        string token = await world.TokenAsync(world.Operators[OperatorRole.Viewer], OperatorRole.Viewer);
        long id = await world.ScalarAsync<long>("SELECT MAX(token_id) FROM operator_token WHERE operator_id = @Id", new { world.Operators[OperatorRole.Viewer].Id });
        using var revoked = await browser.PostAsync("/account", "/account", ("revoke", $"{id}"));
        using var program = Program(token);
        using var still = await program.GetAsync("/api/v1/jobs");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Theory]
    [InlineData("UPDATE operator_token SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE operator_id = @Id", HttpStatusCode.Unauthorized)]
    [InlineData("UPDATE operator SET disabled_at = UTC_TIMESTAMP(3) WHERE operator_id = @Id", HttpStatusCode.Unauthorized)]
    [InlineData("UPDATE operator SET role = 'viewer' WHERE operator_id = @Id", HttpStatusCode.Forbidden)]
    public async Task A_token_never_may_more_than_its_operator_does_by_now(string change, HttpStatusCode expected)
    {
        var who = await world.OperatorAsync($"api-{(int)expected}-{change.Length}", OperatorRole.Scientist);
        using var program = Program(await world.TokenAsync(who, OperatorRole.Scientist));
        using (var before = await SendAsync(program, "/api/v1/jobs/nothing/runs", new { }))
            Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);

        await world.ExecuteAsync(change, new { who.Id });

        using var after = await SendAsync(program, "/api/v1/jobs/nothing/runs", new { });
        Assert.Equal(expected, after.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{\"settings\": 7}")]
    [InlineData("[]")]
    [InlineData("{\"settings\": [null]}")]
    public async Task What_is_no_request_is_refused(string body)
    {
        using var program = Program(await world.TokenAsync(world.Operators[OperatorRole.Scientist], OperatorRole.Scientist));
        using var answer = await program.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/jobs/popularity/runs")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task The_document_describes_every_endpoint()
    {
        using var program = Program(await world.TokenAsync(world.Operators[OperatorRole.Viewer], OperatorRole.Viewer));
        using var answer = await program.GetAsync("/api/openapi.json");
        var document = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => (Path: $"{method.Name.ToUpperInvariant()} {path.Name}", method.Value))).ToList();

        var mapped = world.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!.Replace(":long", "")}"));
        Assert.Equal(mapped.Order(), described.Select(one => one.Path).Order());
        Assert.All(described, one => Assert.NotEmpty(one.Value.GetProperty("summary").GetString()!));
        Assert.All(described, one => Assert.NotEmpty(one.Value.GetProperty("responses").EnumerateObject()));
        Assert.True(document.GetProperty("components").GetProperty("securitySchemes").TryGetProperty("token", out _));
    }

    [Fact]
    public async Task An_admin_s_program_adds_and_changes_an_operator_with_a_code_for_each()
    {
        var admin = await world.OperatorAsync("api-admin", OperatorRole.Admin);
        using var program = Program(await world.TokenAsync(admin, OperatorRole.Admin));
        async Task<(HttpStatusCode Status, string Body)> AskAsync(string path, object body)
        {
            using var answer = await SendAsync(program, path, body);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync("/api/v1/operators", new { name = "api-new", role = "scientist", code = "AAAAA-AAAAA" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync("/api/v1/operators", new { name = "api-new", role = "7", code = admin.RecoveryCodes[0] })).Status);
        Assert.Contains("/enrol/", (await AskAsync("/api/v1/operators", new { name = "api-new", role = "scientist", code = admin.RecoveryCodes[0] })).Body);
        var taken = await AskAsync("/api/v1/operators", new { name = "api-new", role = "scientist", code = admin.RecoveryCodes[1] });
        Assert.Contains("there is an operator", taken.Body);

        var added = (await world.Get<OperatorStore>().FindAsync("api-new", Cancelled))!;
        string path = $"/api/v1/operators/{added.Id}";
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync(path, new { act = "dance", code = admin.RecoveryCodes[2] })).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(path, new { act = "role", role = "releaser", code = admin.RecoveryCodes[2] })).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(path, new { act = "disable", code = admin.RecoveryCodes[3] })).Status);
        Assert.Contains("\"name\":\"api-new\",\"role\":\"releaser\",\"state\":\"disabled\"", await program.PageAsync("/api/v1/operators"));
        Assert.Equal(
            ["operator.disable", "operator.role", "operator.add"],
            (await world.Get<AuditTrail>().SearchAsync("api-admin", "operator.", long.MaxValue, 3, Cancelled)).Select(entry => entry.Event.Action));
    }

    [Fact]
    public async Task A_program_writes_a_note()
    {
        var who = await world.OperatorAsync("api-notes", OperatorRole.Scientist);
        using var program = Program(await world.TokenAsync(who, OperatorRole.Scientist));
        using var noted = await SendAsync(program, "/api/v1/models/1/notes", new { text = "by a program" });
        Assert.Equal(HttpStatusCode.Created, noted.StatusCode);
        using var nul = await SendAsync(program, "/api/v1/models/1/notes", new { text = "a\0b" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nul.StatusCode);
        Assert.Contains("by a program", await program.PageAsync("/api/v1/models/1/notes"));
    }

    [Fact]
    public async Task A_program_wishes_that_a_refused_event_be_sent_again()
    {
        // Wishes are taken by whoever asks first, as a test of the shared world does.
        await using var own = new OwnWorld();
        await own.InitializeAsync();
        using var program = Program(own, await own.TokenAsync(await own.OperatorAsync("api-wisher", OperatorRole.Scientist), OperatorRole.Scientist));
        var source = new SourcePosition("watch-events", 4, 77);
        await new MongoRefusedEvents(own.Get<IMongoDatabase>()).KeepAsync(
            [new RefusedEvent(source, new byte[3], "api_code", "no JSON", TimeProvider.System.GetUtcNow())], Cancelled);
        using (var list = JsonDocument.Parse(await program.PageAsync("/api/v1/refused-events?code=api_code")))
            Assert.Equal((source.ToString(), 3), (list.RootElement[0].GetProperty("id").GetString(), list.RootElement[0].GetProperty("bytes").GetInt32()));
        foreach (var expected in (HttpStatusCode[])[HttpStatusCode.Accepted, HttpStatusCode.Conflict])
        {
            using var wished = await SendAsync(program, "/api/v1/refused-events", new { id = source.ToString() });
            Assert.Equal(expected, wished.StatusCode);
        }
    }

    [Fact]
    public async Task Events_that_were_refused_together_are_all_reached_and_sent_again_by_one_wish()
    {
        await using var own = new OwnWorld();
        await own.InitializeAsync();
        var who = await own.OperatorAsync("api-wisher", OperatorRole.Scientist);
        using var program = Program(own, await own.TokenAsync(who, OperatorRole.Scientist));
        using var reader = await own.InsideAsync(who);
        var (at, database) = (TimeProvider.System.GetUtcNow(), own.Get<IMongoDatabase>());
        // As one batch of ingest does.
        await new MongoRefusedEvents(database).KeepAsync(
            [.. Enumerable.Range(0, 230).Select(number => new RefusedEvent(new SourcePosition("watch-events", 1, number), new byte[3], "together", "no JSON", at))], Cancelled);

        var ids = new List<string>();
        for (string next = ""; next is not null;)
        {
            using var page = JsonDocument.Parse(await program.PageAsync($"/api/v1/refused-events?code=together{next}"));
            ids.AddRange(page.RootElement.EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
            next = page.RootElement.GetArrayLength() < 100 ? null! : $"&before={Uri.EscapeDataString(page.RootElement[99].GetProperty("refusedAt").GetString()!)}&beforeId={Uri.EscapeDataString(ids[^1])}";
        }
        Assert.Equal((230, 230), (ids.Count, ids.Distinct().Count()));
        int shown = 0;
        for (string next = "/ingest?code=together"; next.Length > 0;)
        {
            string page = await reader.PageAsync(next);
            shown += page.Split("<code>watch-events/1/").Length - 1;
            Assert.Contains("Replay all 230", page);
            next = page.Contains("rel=\"next\"", StringComparison.Ordinal) ? WebUtility.HtmlDecode(page.Split("rel=\"next\" href=\"")[1].Split('"')[0]) : "";
        }
        Assert.Equal(230, shown);

        foreach (var (dryRun, expected, events) in ((bool, HttpStatusCode, int)[])[(true, HttpStatusCode.OK, 230), (false, HttpStatusCode.Accepted, 230), (true, HttpStatusCode.OK, 0), (false, HttpStatusCode.Accepted, 0)])
        {
            using var wished = await SendAsync(program, "/api/v1/refused-events/replays", new { code = "together", dryRun });
            Assert.Equal(expected, wished.StatusCode);
            Assert.Equal(events, (await wished.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("events").GetInt32());
        }
        Assert.Equal("refused events: 230", Assert.Single(await own.Get<AuditTrail>().SearchAsync("api-wisher", AuditActions.EventReplay, long.MaxValue, 10, Cancelled)).Event.Subject);
        Assert.NotNull(await own.Get<RefusedEventDesk>().TakeReplayAsync(TimeProvider.System.GetUtcNow(), Cancelled));
        using var nothingLeft = await reader.PostAsync("/ingest", "/ingest", ("all", "together"), ("until", at.AddHours(1).ToString("O")));
        Assert.Equal(HttpStatusCode.Conflict, nothingLeft.StatusCode);
    }

    private Visitor Program(string token) => Program(world, token);

    private static Visitor Program(DashboardWorld world, string token)
    {
        var visitor = world.Visitor();
        visitor.Headers["Authorization"] = $"Bearer {token}";
        return visitor;
    }

    private static Task<HttpResponseMessage> SendAsync(Visitor program, string path, object body) =>
        program.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) });
}
