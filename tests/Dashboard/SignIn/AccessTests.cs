using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.SignIn;

/// <summary>What operators can get in with, and how it is taken from them for good.</summary>
[Trait("speed", "server")]
public sealed class AccessTests(SharedWorld world)
{
    private static readonly Actor Tester = new("access-test", "");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_does_not_come_back_when_its_operator_is_enabled_again()
    {
        var who = await world.OperatorAsync("access-disabled", OperatorRole.Scientist);
        using var program = Program(await world.TokenAsync(who, OperatorRole.Scientist));
        await program.PageAsync("/api/v1/jobs");

        await world.Get<OperatorStore>().DisableAsync(who.Id, Tester, Cancelled);
        await world.Get<OperatorStore>().EnableAsync(who.Id, Tester, Cancelled);

        await program.PageAsync("/api/v1/jobs", HttpStatusCode.Unauthorized);
        var entries = await world.Get<AuditTrail>().SearchAsync(Tester.Name, "operator.", long.MaxValue, 100, Cancelled);
        var disabled = entries.Single(entry => entry.Event is { Action: AuditActions.OperatorDisable, Subject: "operator access-disabled" }).Event;
        Assert.Equal(("account open; sessions 0, tokens 1", "account closed; sessions 0, tokens 0"), (disabled.Was, disabled.Became));
    }

    [Fact]
    public async Task A_reset_takes_tokens_and_sessions_and_neither_comes_back_with_the_new_enrolment()
    {
        var who = await world.OperatorAsync("access-reset", OperatorRole.Scientist);
        using var program = Program(await world.TokenAsync(who, OperatorRole.Scientist));
        using var inside = await world.SignedInAsync(who);

        string link = await world.Get<Enrolment>().ResetAsync(who.Id, lastAdmin: false, Tester, Cancelled);
        string token = link[Enrolment.Path.Length..];
        byte[] secret = (await world.Get<Enrolment>().FindAsync(token, Cancelled))!.Value.Secret;
        Assert.NotNull((await world.Get<Enrolment>().EnrolAsync(token, DashboardWorld.Password, DashboardWorld.Code(secret), "", Cancelled)).RecoveryCodes);

        await program.PageAsync("/api/v1/jobs", HttpStatusCode.Unauthorized);
        await inside.PageAsync("/account", HttpStatusCode.Unauthorized);
        var reset = (await world.Get<AuditTrail>().SearchAsync(Tester.Name, AuditActions.OperatorReset, long.MaxValue, 100, Cancelled))
            .Single(entry => entry.Event.Subject == "operator access-reset").Event;
        Assert.Equal(("could sign in; sessions 1, tokens 1", "invited anew; sessions 0, tokens 0"), (reset.Was, reset.Became));
    }

    [Fact]
    public async Task A_reset_enables_nobody_and_leaves_an_admin_but_on_the_machine_itself()
    {
        await using var own = new OwnWorld();
        await own.InitializeAsync();
        var admin = await own.OperatorAsync("first", OperatorRole.Admin);
        var viewer = await own.OperatorAsync("second", OperatorRole.Viewer);
        await own.Get<OperatorStore>().DisableAsync(viewer.Id, Tester, Cancelled);

        var disabled = await Assert.ThrowsAsync<OperatorException>(() => own.Get<Enrolment>().ResetAsync(viewer.Id, lastAdmin: false, Tester, Cancelled));
        Assert.Contains("second is disabled", disabled.Message);
        Assert.NotNull((await own.Get<OperatorStore>().FindAsync(viewer.Id, Cancelled))!.DisabledAt);
        var last = await Assert.ThrowsAsync<OperatorException>(() => own.Get<Enrolment>().ResetAsync(admin.Id, lastAdmin: false, Tester, Cancelled));
        Assert.Contains("first is the last admin", last.Message);
        Assert.True(await own.Get<OperatorStore>().AnyEnrolledAsync(Cancelled));

        await own.Get<Enrolment>().ResetAsync(admin.Id, lastAdmin: true, Tester, Cancelled);
        Assert.False(await own.Get<OperatorStore>().AnyEnrolledAsync(Cancelled));
    }

    [Fact]
    public async Task An_admin_sees_and_ends_an_operator_s_sessions_and_tokens_by_page_and_by_program()
    {
        var who = await world.OperatorAsync("access-watched", OperatorRole.Scientist);
        var admin = await world.OperatorAsync("access-admin", OperatorRole.Admin);
        using var byPage = Program(await world.TokenAsync(who, OperatorRole.Scientist, what: "by page"));
        using var byProgram = Program(await world.TokenAsync(who, OperatorRole.Viewer, what: "by program"));
        using var session = world.Visitor();
        session.Cookies[Visitor.SessionCookie] = await world.SessionAsync(who);
        using var inside = world.Visitor();
        inside.Cookies[Visitor.SessionCookie] = await world.SessionAsync(admin);
        using var manager = Program(await world.TokenAsync(admin, OperatorRole.Admin));
        string path = $"/operators/{who.Id}", api = $"/api/v1/operators/{who.Id}";

        var access = JsonDocument.Parse(await manager.PageAsync(api)).RootElement;
        Assert.Equal(["scientist", "viewer"], access.GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("role").GetString()));
        var ids = access.GetProperty("tokens").EnumerateArray().ToDictionary(token => token.GetProperty("name").GetString()!, token => token.GetProperty("id").GetInt64());
        string page = await inside.PageAsync(path);
        Assert.Contains("by page", page);

        using var revoked = await inside.PostAsync(path, path, ("act", "revoke"), ("token", $"{ids["by page"]}"));
        await byPage.PageAsync("/api/v1/jobs", HttpStatusCode.Unauthorized);
        foreach (var expected in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound])
            Assert.Equal(expected, await AskAsync(manager, api, new { act = "revoke", id = ids["by program"] }));
        await byProgram.PageAsync("/api/v1/jobs", HttpStatusCode.Unauthorized);
        long open = access.GetProperty("sessions")[0].GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(manager, api, new { act = "end", id = open }));
        await session.PageAsync("/account", HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await AskAsync(manager, api, new { act = "revoke" }));

        var entries = await world.Get<AuditTrail>().SearchAsync("access-admin", null, long.MaxValue, 100, Cancelled);
        Assert.Equal(
            [$"session.end session {open}", $"token.revoke token {ids["by program"]}", $"token.revoke token {ids["by page"]}"],
            entries.Where(entry => entry.Event.Action is AuditActions.SessionEnd or AuditActions.TokenRevoke).Select(entry => $"{entry.Event.Action} {entry.Event.Subject}"));
    }

    [Fact]
    public async Task An_operator_renews_recovery_codes_with_a_code_and_those_before_work_no_more()
    {
        var who = await world.OperatorAsync("access-renewing", OperatorRole.Viewer);
        using var inside = await world.SignedInAsync(who);
        Assert.Contains("You have 10 left", await inside.PageAsync("/account"));
        using var wrong = await inside.PostAsync("/account?handler=recovery", "/account", ("code", "AAAAA-AAAAA"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);

        using var renewed = await inside.PostAsync("/account?handler=recovery", "/account", ("code", who.RecoveryCodes[0]));
        string[] codes = [.. Regex.Matches(await renewed.Content.ReadAsStringAsync(Cancelled), "<code>([A-Z2-7]{5}-[A-Z2-7]{5})</code>").Select(match => match.Groups[1].Value)];
        Assert.Equal(10, codes.Length);

        foreach (var (code, expected) in ((string, HttpStatusCode)[])[(who.RecoveryCodes[1], HttpStatusCode.Unauthorized), (codes[0], HttpStatusCode.Redirect)])
        {
            using var visitor = world.Visitor();
            using var answer = await visitor.SignInAsync(who.Name, DashboardWorld.Password, code);
            Assert.Equal(expected, answer.StatusCode);
        }
        var entry = Assert.Single(await world.Get<AuditTrail>().SearchAsync(who.Name, AuditActions.RecoveryRenew, long.MaxValue, 10, Cancelled)).Event;
        Assert.Equal(("operator access-renewing", "9 recovery codes left", "10 new recovery codes"), (entry.Subject, entry.Was, entry.Became));
    }

    [Fact]
    public async Task A_role_that_there_is_not_is_called_so()
    {
        using var inside = world.Visitor();
        inside.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[OperatorRole.Admin]);
        using var answer = await inside.PostAsync("/operators", "/operators", ("name", "somebody"), ("role", "Emperor"), ("code", "000000"));
        Assert.Contains("There is no such role.", await answer.Content.ReadAsStringAsync(Cancelled));
    }

    private Visitor Program(string token)
    {
        var visitor = world.Visitor();
        visitor.Headers["Authorization"] = $"Bearer {token}";
        return visitor;
    }

    private static async Task<HttpStatusCode> AskAsync(Visitor program, string path, object body)
    {
        using var answer = await program.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) });
        return answer.StatusCode;
    }
}
