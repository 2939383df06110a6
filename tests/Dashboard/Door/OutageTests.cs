using System.Diagnostics;
using System.Net;
using Pipeline.Servers;
using Pipeline.Services.Local;
using Pipeline.Storage;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Tests.Door;

/// <summary>What readers and programs see while a server is away.</summary>
[Trait("speed", "server")]
public sealed class OutageTests(FragileWorld world) : IClassFixture<FragileWorld>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_MySQL_every_page_says_so_and_so_does_the_API()
    {
        var who = await world.OperatorAsync("without-mysql", OperatorRole.Viewer);
        using var reader = await world.InsideAsync(who);
        using var stranger = world.Visitor();
        using var program = world.Visitor();
        program.Headers["Authorization"] = $"Bearer {await world.TokenAsync(who, OperatorRole.Viewer)}";
        reader.Headers["Accept-Language"] = "ko";

        await world.Servers.KillAsync(LocalServer.MySql);
        await AssertAwayAsync(reader, stranger, program);
        await world.Servers.StartAsync(LocalServer.MySql, Cancelled);
        await AssertBackAsync(reader, program);

        // It takes connections and never answers.
        await world.SignalAsync(LocalServer.MySql, "STOP");
        await AssertAwayAsync(reader, stranger, program);
        await world.SignalAsync(LocalServer.MySql, "CONT");
        await AssertBackAsync(reader, program);
    }

    [Fact]
    public async Task Health_says_which_server_is_away_and_other_pages_name_it()
    {
        var who = await world.OperatorAsync("without-others", OperatorRole.Viewer);
        using var reader = await world.InsideAsync(who);
        // Eventually: a server of a busy machine may take longer than the page waits.
        await EventuallyAsync(async () => await StatesAsync(reader, "answers") is ["MySQL", "Redis", "MongoDB", "Audit", "Kafka"]);

        await world.Servers.KillAsync(LocalServer.Redis);
        await EventuallyAsync(async () => await StatesAsync(reader, "silent") is ["Redis"]);
        Assert.Contains("Redis does not answer", await reader.PageAsync("/why?user=7", HttpStatusCode.ServiceUnavailable));

        // The gateway and the stand-in for Kafka are one process.
        await world.Servers.KillAsync(LocalServer.Serve);
        await EventuallyAsync(async () => await StatesAsync(reader, "silent") is ["Redis", "MongoDB", "Kafka"]);
        Assert.Contains("The event store does not answer", await reader.PageAsync("/ingest"));

        await world.Servers.StartAsync(LocalServer.Redis, Cancelled);
        await EventuallyAsync(async () => (await StatesAsync(reader, "silent")) is ["MongoDB", "Kafka"]);
    }

    private static async Task AssertAwayAsync(Visitor reader, Visitor stranger, Visitor program)
    {
        foreach (string path in (string[])["/", "/servers", "/runs?state=failed", "/hangfire"])
        {
            using var answer = await reader.GetAsync(path);
            string page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancelled));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.True(answer.Headers.Contains("Content-Security-Policy"));
            Assert.Contains("MySQL 응답 없음", page);
            Assert.Contains($"href=\"{path}\"", page);
        }
        Assert.Contains("MySQL does not answer", await stranger.PageAsync("/sign-in", HttpStatusCode.ServiceUnavailable) + await stranger.PageAsync("/", HttpStatusCode.ServiceUnavailable));
        // What the page is made with needs no server.
        await reader.PageAsync("/dashboard.css");
        await stranger.PageAsync("/dashboard.js");
        using var refused = await program.GetAsync("/api/v1/runs");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("""{"error":"MySQL does not answer"}""", await refused.Content.ReadAsStringAsync(Cancelled));
    }

    private static async Task AssertBackAsync(Visitor reader, Visitor program)
    {
        await EventuallyAsync(async () =>
        {
            using var answer = await reader.GetAsync("/servers");
            return answer.StatusCode == HttpStatusCode.OK;
        });
        await program.PageAsync("/api/v1/runs");
    }

    /// <summary>The servers that Health shows in a state.</summary>
    private static async Task<string[]> StatesAsync(Visitor reader, string state)
    {
        string page = (await reader.PageAsync("/servers")).Split("<h2")[0];
        return [.. page.Split("<tr>").Where(row => row.Contains($"class=\"state {state}\"", StringComparison.Ordinal)).Select(row => row.Split("<td>")[1].Split('<')[0])];
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (int attempt = 0; !await condition(); attempt++)
        {
            Assert.True(attempt < 240, "it never came");
            await Task.Delay(250, Cancelled);
        }
    }
}

/// <summary>A world on servers of its own, which a test may kill.</summary>
public sealed class FragileWorld : DashboardWorld
{
    internal LocalServers Servers { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Servers = await TestServers.PrivateAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Servers.DisposeAsync();
    }

    /// <summary>SIGSTOP or SIGCONT.</summary>
    internal async Task SignalAsync(LocalServer server, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Servers.Pid(server)}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, kill.ExitCode);
    }

    protected override Task<Addresses> AddressesAsync()
    {
        var own = Servers.Addresses;
        return Task.FromResult(new Addresses(own.Kafka, own.Mongo, own.MySql, own.Redis));
    }
}
