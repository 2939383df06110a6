using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.SignIn;

/// <summary>Who gets in, and for how long.</summary>
[Trait("speed", "server")]
public sealed class SignInTests(SharedWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cookie_is_the_host_s_alone_and_new_at_every_sign_in()
    {
        var who = await world.OperatorAsync("cookie", OperatorRole.Viewer);
        using var visitor = world.Visitor();
        string planted = new('A', 43);
        visitor.Cookies[Visitor.SessionCookie] = planted;

        using var first = await visitor.SignInAsync(who.Name, DashboardWorld.Password, DashboardWorld.Code(who.Secret));
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        string given = visitor.Cookies[Visitor.SessionCookie];
        Assert.NotEqual(planted, given);
        string attributes = visitor.Attributes[Visitor.SessionCookie].ToLowerInvariant();
        Assert.All((string[])["path=/", "secure", "httponly", "samesite=strict"], attribute => Assert.Contains(attribute, attributes));
        Assert.DoesNotContain("domain", attributes);
        await visitor.PageAsync("/account");

        await world.ForgetStepsAsync(who);
        using var second = await visitor.SignInAsync(who.Name, DashboardWorld.Password, DashboardWorld.Code(who.Secret));
        Assert.NotEqual(given, visitor.Cookies[Visitor.SessionCookie]);
        foreach (string worthless in (string[])[given, planted])
        {
            visitor.Cookies[Visitor.SessionCookie] = worthless;
            await visitor.PageAsync("/account", HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task Every_wrong_answer_is_answered_alike()
    {
        var who = await world.OperatorAsync("uniform", OperatorRole.Viewer);
        var disabled = await world.OperatorAsync("uniform-gone", OperatorRole.Viewer);
        await world.Get<OperatorStore>().DisableAsync(disabled.Id, new Actor("test", ""), Cancelled);
        await world.Get<Pipeline.Dashboard.SignIn.Enrolment>().AddAsync("uniform-invited", OperatorRole.Viewer, new Actor("test", ""), Cancelled);
        (string Name, string Password, string Code)[] attempts =
        [
            ("nobody-at-all", DashboardWorld.Password, "123456"),
            ("' OR 1=1 --", DashboardWorld.Password, "123456"),
            (who.Name, "another password", DashboardWorld.Code(who.Secret)),
            (who.Name, DashboardWorld.Password, "000000" == DashboardWorld.Code(who.Secret) ? "000001" : "000000"),
            (who.Name, DashboardWorld.Password, ""),
            (disabled.Name, DashboardWorld.Password, DashboardWorld.Code(disabled.Secret)),
            ("uniform-invited", DashboardWorld.Password, "123456"),
        ];
        var answers = new HashSet<string>();
        foreach (var (name, password, code) in attempts)
        {
            using var visitor = world.Visitor();
            using var answer = await visitor.SignInAsync(name, password, code);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.False(visitor.Cookies.ContainsKey(Visitor.SessionCookie));
            string page = await answer.Content.ReadAsStringAsync(Cancelled);
            answers.Add(Regex.Replace(page, "value=\"[^\"]*\"", "value"));
        }
        Assert.Single(answers);
    }

    [Fact]
    public async Task A_code_works_once_however_many_try_it_at_once()
    {
        var who = await world.OperatorAsync("replay", OperatorRole.Viewer);
        string code = DashboardWorld.Code(who.Secret);
        var factor = world.Get<Pipeline.Dashboard.SignIn.SecondFactors>().Read((await world.Get<OperatorStore>().FindAsync(who.Id, Cancelled))!.TotpSecret!, code);

        bool[] spent = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => world.Get<SessionStore>().SpendAsync(who.Id, factor!, new Actor(who.Name, ""), "test", Cancelled)));
        Assert.Single(spent, true);

        using var visitor = world.Visitor();
        using var replayed = await visitor.SignInAsync(who.Name, DashboardWorld.Password, code);
        Assert.Equal(HttpStatusCode.Unauthorized, replayed.StatusCode);
    }

    [Fact]
    public async Task A_recovery_code_works_once()
    {
        var who = await world.OperatorAsync("recovery", OperatorRole.Viewer);
        foreach (var expected in (HttpStatusCode[])[HttpStatusCode.Redirect, HttpStatusCode.Unauthorized])
        {
            using var visitor = world.Visitor();
            using var answer = await visitor.SignInAsync(who.Name, DashboardWorld.Password, who.RecoveryCodes[3].ToLowerInvariant());
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_recovery_code_works_once_however_many_try_it_at_once()
    {
        var who = await world.OperatorAsync("recovery-race", OperatorRole.Viewer);
        var factor = world.Get<Pipeline.Dashboard.SignIn.SecondFactors>().Read((await world.Get<OperatorStore>().FindAsync(who.Id, Cancelled))!.TotpSecret!, who.RecoveryCodes[0]);

        bool[] spent = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => world.Get<SessionStore>().SpendAsync(who.Id, factor!, new Actor(who.Name, ""), "test", Cancelled)));

        Assert.Single(spent, true);
    }

    [Fact]
    public async Task Failures_of_an_account_slow_it_down_from_any_address()
    {
        var who = await world.OperatorAsync("slow", OperatorRole.Viewer);
        await FailUntilSlowedDownAsync(_ => (world.Visitor(), who.Name));

        // While it lasts, the right answers are not looked at either.
        await world.ExecuteAsync("UPDATE sign_in_throttle SET blocked_until = blocked_until + INTERVAL 1 HOUR WHERE subject_hash = UNHEX(SHA2('account slow', 256))");
        using var owner = world.Visitor();
        using var refused = await owner.SignInAsync(who.Name, DashboardWorld.Password, DashboardWorld.Code(who.Secret));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);

        // The audit has each that was looked at, and one for each pause: however many come in it.
        for (int attempt = 0; attempt < 3; attempt++)
        {
            using var more = await owner.SignInAsync(who.Name, DashboardWorld.Password, "123456");
            Assert.Equal(HttpStatusCode.TooManyRequests, more.StatusCode);
        }
        var entries = await world.Get<AuditTrail>().SearchAsync("slow", AuditActions.SignInRefused, long.MaxValue, 100, Cancelled);
        int counted = await world.ScalarAsync<int>("SELECT failures FROM sign_in_throttle WHERE subject_hash = UNHEX(SHA2('account slow', 256))");
        Assert.Equal(counted, entries.Count(entry => entry.Event.Became is null));
        Assert.InRange(entries.Count(entry => entry.Event.Became == "not looked at: too many attempts"), 1, counted);
    }

    [Fact]
    public async Task A_recovery_code_that_confirms_a_step_leaves_an_entry()
    {
        var who = await world.OperatorAsync("confirming", OperatorRole.Viewer);
        using var inside = await world.SignedInAsync(who);

        using var made = await inside.PostAsync(
            "/account?handler=token", "/account", ("name", "a program"), ("role", "Viewer"), ("days", "1"), ("code", who.RecoveryCodes[0]));

        var entry = Assert.Single(await world.Get<AuditTrail>().SearchAsync("confirming", AuditActions.RecoveryCodeSpent, long.MaxValue, 10, Cancelled));
        Assert.StartsWith("session ", entry.Event.Subject);
    }

    [Fact]
    public async Task Failures_of_an_address_slow_it_down_for_any_account()
    {
        using var visitor = world.Visitor();
        await FailUntilSlowedDownAsync(attempt => (visitor, $"nobody-{attempt}"));
    }

    /// <summary>The delay doubles with every failure, so it outgrows the slowest machine's time for an attempt.</summary>
    private static async Task FailUntilSlowedDownAsync(Func<int, (Visitor Visitor, string Name)> attempts)
    {
        for (int attempt = 1; ; attempt++)
        {
            var (visitor, name) = attempts(attempt);
            using var answer = await visitor.SignInAsync(name, "another password", "123456");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests && attempt > 4)
                return;
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.True(attempt < 12, "nothing slows the attempts down");
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 2)]
    [InlineData(6, 8)]
    [InlineData(12, 512)]
    [InlineData(13, 900)]
    [InlineData(int.MaxValue, 900)]
    public void The_delay_doubles_up_to_a_quarter_of_an_hour(int failures, int seconds) => Assert.Equal(seconds, AttemptStore.Delay(failures));

    [Fact]
    public async Task Attempts_side_by_side_do_not_slip_past_the_delay()
    {
        var attempts = world.Get<AttemptStore>();
        var waits = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => attempts.BeginAsync("side-by-side", $"10.200.0.{i}", Cancelled)));

        // Three are free and the fourth starts the delay; each that was let through was counted, and the rest was not looked at.
        int letThrough = waits.Count(wait => wait is null);
        Assert.InRange(letThrough, 4, 8);
        Assert.Equal(letThrough, await world.ScalarAsync<int>("SELECT failures FROM sign_in_throttle WHERE subject_hash = UNHEX(SHA2('account side-by-side', 256))"));
    }

    [Theory]
    [InlineData("last_seen_at = UTC_TIMESTAMP(3) - INTERVAL 31 MINUTE")]
    [InlineData("expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND")]
    [InlineData("ended_at = UTC_TIMESTAMP(3)")]
    public async Task A_session_ends_when_it_is_idle_old_or_ended(string change)
    {
        using var visitor = world.Visitor();
        string token = visitor.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[OperatorRole.Viewer]);
        await visitor.PageAsync("/account");

        await world.ExecuteAsync($"UPDATE operator_session SET {change} WHERE token_hash = @Hash", new { Hash = Pipeline.Dashboard.SignIn.Tokens.Hash(token) });

        await visitor.PageAsync("/account", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_operator_sees_and_ends_their_sessions_and_nobody_else_s()
    {
        var who = await world.OperatorAsync("sessions", OperatorRole.Admin);
        using var here = await world.SignedInAsync(who);
        using var elsewhere = await world.SignedInAsync(who);
        using var other = world.Visitor();
        other.Cookies[Visitor.SessionCookie] = await world.SessionAsync(world.Operators[OperatorRole.Viewer]);
        long foreign = await world.ScalarAsync<long>("SELECT MAX(session_id) FROM operator_session WHERE operator_id = @Id", world.Operators[OperatorRole.Viewer]);
        string end = Regex.Match(await here.PageAsync("/account"), "name=\"end\" value=\"(\\d+)\"").Groups[1].Value;

        using var ended = await here.PostAsync("/account", "/account", ("end", end));
        using var notTheirs = await here.PostAsync("/account", "/account", ("end", $"{foreign}"));

        await elsewhere.PageAsync("/account", HttpStatusCode.Unauthorized);
        await here.PageAsync("/account");
        await other.PageAsync("/account");
        using var signedOut = await here.PostAsync("/sign-out", "/account");
        await here.PageAsync("/account", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Disabling_shuts_an_operator_out_at_once_and_the_last_admin_stays()
    {
        await using var own = new OwnWorld();
        await own.InitializeAsync();
        var admin = await own.OperatorAsync("first", OperatorRole.Admin);
        var viewer = await own.OperatorAsync("second", OperatorRole.Viewer);
        using var inside = await own.SignedInAsync(viewer);
        var operators = own.Get<OperatorStore>();

        await operators.DisableAsync(viewer.Id, new Actor("first", ""), Cancelled);
        await inside.PageAsync("/account", HttpStatusCode.Unauthorized);
        await Assert.ThrowsAsync<OperatorException>(() => operators.DisableAsync(admin.Id, new Actor("first", ""), Cancelled));
        await Assert.ThrowsAsync<OperatorException>(() => operators.ChangeRoleAsync(admin.Id, OperatorRole.Viewer, new Actor("first", ""), Cancelled));
    }

    [Fact]
    public async Task A_hash_of_an_older_cost_is_replaced_at_sign_in()
    {
        var who = await world.OperatorAsync("rehash", OperatorRole.Viewer);
        string cheap = new PasswordHasher<string>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 })).HashPassword("", DashboardWorld.Password);
        await world.ExecuteAsync("UPDATE operator SET password_hash = @cheap WHERE operator_id = @Id", new { cheap, who.Id });

        using var visitor = await world.SignedInAsync(who);

        string? kept = (await world.Get<OperatorStore>().FindAsync(who.Id, Cancelled))!.PasswordHash;
        Assert.NotEqual(cheap, kept);
        Assert.Equal((true, null), await world.Get<Pipeline.Dashboard.SignIn.Passwords>().VerifyAsync(kept, DashboardWorld.Password, Cancelled));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task Nobody_is_led_elsewhere_after_signing_in(string wanted)
    {
        var who = world.Operators[OperatorRole.Scientist];
        using var visitor = world.Visitor();
        await world.ForgetStepsAsync(who);
        using var answer = await visitor.PostAsync("/sign-in", "/sign-in",
            ("name", who.Name), ("password", DashboardWorld.Password), ("code", who.RecoveryCodes[wanted.Length % 10]), ("wanted", wanted));

        Assert.Equal("/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Who_asked_for_a_page_is_led_there_after_signing_in()
    {
        using var visitor = world.Visitor();
        string page = await visitor.PageAsync("/hangfire/recurring?x=1", HttpStatusCode.Unauthorized);

        Assert.Contains("name=\"wanted\" value=\"/hangfire/recurring?x=1\"", page);
    }
}
