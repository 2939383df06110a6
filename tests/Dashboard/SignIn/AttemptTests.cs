using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Tests.SignIn;

/// <summary>What is counted of attempts, of whom, for how long, and what a refusal tells.</summary>
[Trait("speed", "server")]
public sealed class AttemptTests(SharedWorld world)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_behind_an_address_that_has_to_wait_leaves_no_row()
    {
        var attempts = world.Get<AttemptStore>();
        while (await attempts.BeginAsync("first-name", "10.200.1.1", Cancelled) is null)
            await world.ExecuteAsync("UPDATE sign_in_throttle SET failures = 12 WHERE subject_hash = UNHEX(SHA2('address 10.200.1.1', 256))");

        Assert.NotNull(await attempts.BeginAsync("second-name", "10.200.1.1", Cancelled));

        Assert.Equal(0, await world.ScalarAsync<int>("SELECT COUNT(*) FROM sign_in_throttle WHERE subject_hash = UNHEX(SHA2('account second-name', 256))"));
    }

    [Fact]
    public async Task Old_counts_go_in_passes_without_anybody_signing_in()
    {
        await world.ExecuteAsync(
            """
            SET SESSION cte_max_recursion_depth = 5000;
            INSERT INTO sign_in_throttle (subject_hash, failures, last_at, blocked_until)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 4500)
            SELECT UNHEX(SHA2(CONCAT('old ', i), 256)), 1, UTC_TIMESTAMP(3) - INTERVAL 3 DAY, UTC_TIMESTAMP(3) FROM n
            """);
        await world.Get<AttemptStore>().BeginAsync("still-counted", "10.200.2.1", Cancelled);

        await world.Get<RunRetention>().PruneAsync(3_000, Cancelled);

        Assert.Equal(0, await world.ScalarAsync<int>("SELECT COUNT(*) FROM sign_in_throttle WHERE last_at < UTC_TIMESTAMP(3) - INTERVAL 2 DAY"));
        Assert.Equal(1, await world.ScalarAsync<int>("SELECT COUNT(*) FROM sign_in_throttle WHERE subject_hash = UNHEX(SHA2('account still-counted', 256))"));
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("unknown", "unknown")]
    public void An_address_is_counted_as_its_network(string address, string network) => Assert.Equal(network, ClientNetwork.Of(address));

    [Fact]
    public async Task Nobody_outside_holds_up_what_an_operator_inside_confirms_and_too_many_wrong_codes_are_told_so()
    {
        var who = await world.OperatorAsync("confirms", OperatorRole.Releaser);
        using var inside = await world.SignedInAsync(who);
        await FailUntilSlowedDownAsync(who.Name);
        await world.ExecuteAsync("UPDATE sign_in_throttle SET blocked_until = blocked_until + INTERVAL 1 HOUR WHERE subject_hash = UNHEX(SHA2('account confirms', 256))");

        using var made = await MakeTokenAsync(inside, who.RecoveryCodes[0]);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);

        string page = "";
        for (int attempt = 0; !page.Contains("Too many attempts. Try again in", StringComparison.Ordinal); attempt++)
        {
            Assert.True(attempt < 12, page);
            using var wrong = await MakeTokenAsync(inside, "AAAAA-AAAAA");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
            page = await wrong.Content.ReadAsStringAsync(Cancelled);
        }

        static Task<HttpResponseMessage> MakeTokenAsync(Visitor visitor, string code) => visitor.PostAsync(
            "/account?handler=token", "/account", ("name", "roll back"), ("role", "Releaser"), ("days", "1"), ("code", code));
    }

    [Fact]
    public async Task Who_is_refused_is_refused_after_the_same_steps_of_the_database_whatever_was_wrong()
    {
        var who = await world.OperatorAsync("same-work", OperatorRole.Viewer);
        var steps = new List<string[]>();
        foreach (var (name, password) in ((string, string)[])[(who.Name, DashboardWorld.Password), (who.Name, "another password"), ("nobody-here", "another password")])
        {
            await world.ExecuteAsync("DELETE FROM sign_in_throttle WHERE subject_hash = UNHEX(SHA2('account same-work', 256))");
            steps.Add(await StatementsAsync(() => world.Get<SignInDesk>().SignInAsync(name, password, "AAAAA-AAAAA", $"10.200.3.{steps.Count}", "", Cancelled)));
        }

        Assert.Contains(steps[0], statement => statement.Contains("operator_recovery_code", StringComparison.Ordinal));
        Assert.All(steps, other => Assert.Equal(steps[0], other));
    }

    /// <summary>What the driver is told to do in the course of some work, in its order.</summary>
    private static async Task<string[]> StatementsAsync(Func<Task> work)
    {
        var statements = new ConcurrentQueue<string>();
        using var root = new Activity("work").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MySqlConnector",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == root.TraceId && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string statement)
                    statements.Enqueue(statement);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await work();
        return [.. statements];
    }

    /// <summary>The delay doubles with every failure, so it outgrows the slowest machine's time for an attempt.</summary>
    private async Task FailUntilSlowedDownAsync(string name)
    {
        for (int attempt = 1; ; attempt++)
        {
            using var visitor = world.Visitor();
            using var answer = await visitor.SignInAsync(name, "another password", "123456");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                return;
            Assert.True(attempt < 12, "nothing slows the attempts down");
        }
    }
}
