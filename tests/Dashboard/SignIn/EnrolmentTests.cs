using System.Net;
using System.Text.RegularExpressions;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.SignIn;

/// <summary>How the first operator comes to be, and every other one.</summary>
[Trait("speed", "server")]
public sealed class EnrolmentTests(SharedWorld shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_operator_there_is_one_page_then_the_link_makes_one_and_works_once()
    {
        await using var world = new OwnWorld();
        await world.InitializeAsync();
        using var visitor = world.Visitor();
        foreach (string path in (string[])["/", "/hangfire", "/sign-in", "/operators", "/nowhere"])
            Assert.Contains("./pipeline operator add NAME --role admin", await visitor.PageAsync(path, HttpStatusCode.ServiceUnavailable));

        string link = await world.Get<Enrolment>().AddAsync("ada", OperatorRole.Admin, new Actor("test", ""), Cancelled);
        Assert.Contains("./pipeline operator add", await visitor.PageAsync("/", HttpStatusCode.ServiceUnavailable));
        string page = await visitor.PageAsync(link);
        Assert.Contains("<svg class=\"qr\"", page);
        byte[] secret = (await world.Get<Enrolment>().FindAsync(link[Enrolment.Path.Length..], Cancelled))!.Value.Secret;
        Assert.Contains(Base32.Write(secret), Regex.Match(page, "class=\"secret\"><code>([^<]+)<").Groups[1].Value.Replace(" ", ""));

        foreach (var (password, code) in ((string, string)[])[("short", DashboardWorld.Code(secret)), (DashboardWorld.Password, "12345")])
        {
            using var refused = await visitor.PostAsync(link, link, ("password", password), ("code", code));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
        using var enrolled = await visitor.PostAsync(link, link, ("password", DashboardWorld.Password), ("code", DashboardWorld.Code(secret)));
        string codes = await enrolled.Content.ReadAsStringAsync(Cancelled);
        Assert.Equal(10, Regex.Count(codes, "<code>[A-Z2-7]{5}-[A-Z2-7]{5}</code>"));

        await visitor.PageAsync(link, HttpStatusCode.NotFound);
        await visitor.PageAsync("/", HttpStatusCode.Unauthorized);
        // The code that enrolled is spent: the next one, or a recovery code, signs in.
        using var signedIn = await visitor.SignInAsync("ada", DashboardWorld.Password, Regex.Match(codes, "<code>([A-Z2-7]{5}-[A-Z2-7]{5})</code>").Groups[1].Value);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        await visitor.PageAsync("/operators");
    }

    [Fact]
    public async Task An_old_link_opens_nothing_and_a_new_one_replaces_it()
    {
        await using var world = new OwnWorld();
        await world.InitializeAsync();
        var enrolment = world.Get<Enrolment>();
        string first = await enrolment.AddAsync("ada", OperatorRole.Admin, new Actor("test", ""), Cancelled);
        var ada = await world.Get<OperatorStore>().FindAsync("ada", Cancelled);

        string second = await enrolment.ResetAsync(ada!.Id, false, new Actor("test", ""), Cancelled);
        Assert.Null(await enrolment.FindAsync(first[Enrolment.Path.Length..], Cancelled));
        Assert.NotNull(await enrolment.FindAsync(second[Enrolment.Path.Length..], Cancelled));

        await world.ExecuteAsync("UPDATE operator_invitation SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND");
        Assert.Null(await enrolment.FindAsync(second[Enrolment.Path.Length..], Cancelled));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("ada\n")]
    [InlineData("<script>")]
    [InlineData("root@host")]
    public async Task Names_that_could_be_taken_for_something_else_are_refused(string name)
    {
        await Assert.ThrowsAsync<OperatorException>(() => shared.Get<Enrolment>().AddAsync(name, OperatorRole.Viewer, new Actor("test", ""), Cancelled));
    }

    [Fact]
    public async Task An_admin_adds_changes_and_resets_an_operator_with_a_code_for_each()
    {
        await using var world = new OwnWorld();
        await world.InitializeAsync();
        var admin = await world.OperatorAsync("ada", OperatorRole.Admin);
        using var inside = await world.SignedInAsync(admin);
        await world.ForgetStepsAsync(admin);

        using var added = await inside.PostAsync("/operators", "/operators", ("name", "grace"), ("role", "Scientist"), ("code", DashboardWorld.Code(admin.Secret)));
        string page = await added.Content.ReadAsStringAsync(Cancelled);
        Assert.Matches($"{Regex.Escape(world.Address.ToString())}enrol/[A-Za-z0-9_-]{{43}}", page);
        using var again = await inside.PostAsync("/operators", "/operators", ("name", "linus"), ("role", "Viewer"), ("code", DashboardWorld.SpentCode(admin.Secret)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);

        var grace = (await world.Get<OperatorStore>().FindAsync("grace", Cancelled))!;
        Assert.Equal(OperatorRole.Scientist, grace.Role);
        Assert.Null(await world.Get<OperatorStore>().FindAsync("linus", Cancelled));
        foreach (var (act, status) in ((string, HttpStatusCode)[])[("role", HttpStatusCode.Redirect), ("disable", HttpStatusCode.Redirect), ("enable", HttpStatusCode.Redirect), ("reset", HttpStatusCode.OK)])
        {
            await world.ForgetStepsAsync(admin);
            string on = $"/operators/{grace.Id}";
            using var done = await inside.PostAsync(on, on, ("act", act), ("role", "Releaser"), ("code", DashboardWorld.Code(admin.Secret)));
            Assert.Equal(status, done.StatusCode);
        }
        Assert.Equal(OperatorRole.Releaser, (await world.Get<OperatorStore>().FindAsync("grace", Cancelled))!.Role);
        Assert.Equal(
            ["operator.reset", "operator.enable", "operator.disable", "operator.role", "code.refused", "operator.add", "sign-in", "operator.enrol"],
            (await world.Get<Pipeline.Storage.MySql.Audit.AuditTrail>().SearchAsync(null, null, long.MaxValue, 8, Cancelled)).Select(entry => entry.Event.Action));
    }
}
