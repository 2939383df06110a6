using System.Diagnostics;
using System.Text.RegularExpressions;
using Pipeline.Servers;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Dashboard.Tests;

/// <summary>The commands that make operators and prove the audit, as people start them.</summary>
[Trait("speed", "server")]
public sealed class CommandTests(OwnWorld world) : IClassFixture<OwnWorld>
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Jobs", "release", "Pipeline.Jobs.dll"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_link_of_a_new_operator_works_and_tampering_with_the_audit_is_named()
    {
        await BeginAsync();
        var added = await RunAsync(world.KeyFile, "operator", "add", "ada", "--role", "admin");
        Assert.Equal(0, added.Status);
        string path = Regex.Match(added.Output, @"^http://\S+?(?<path>/enrol/\S+)$", RegexOptions.Multiline).Groups["path"].Value;
        using var visitor = world.Visitor();
        Assert.Contains("Welcome, ada", await visitor.PageAsync(path));

        Assert.Equal((0, "the audit is whole: 1 entries, anchored up to 1\n", ""), await RunAsync(world.KeyFile, "audit", "verify"));
        await BrokenAsync(
            "INSERT INTO audit_entry SELECT 999999, happened_at, actor, address, action, subject, was, became, mac FROM audit_entry",
            "entry 999999 was never in the chain");
        await BrokenAsync("DELETE FROM audit_entry WHERE sequence_no > 1; DELETE FROM audit_head", "the chain's head is missing");
        await BrokenAsync("UPDATE audit_entry SET actor = 'eve'", "entry 1 was changed");
    }

    /// <summary>An audit without entries.</summary>
    private async Task BeginAsync()
    {
        await world.ExecuteAsync("DELETE FROM operator; DELETE FROM audit_entry; REPLACE INTO audit_head (chain, sequence_no, mac) VALUES (1, 0, UNHEX(REPEAT('00', 32)))");
        File.Delete(world.Anchor);
    }

    private async Task BrokenAsync(string tampering, string fault)
    {
        await world.ExecuteAsync(tampering);
        var (status, _, error) = await RunAsync(world.KeyFile, "audit", "verify");
        Assert.Equal(1, status);
        Assert.StartsWith($"the audit is broken: {fault}", error);
    }

    [Fact]
    public async Task A_run_that_somebody_starts_on_the_command_line_is_audited()
    {
        await BeginAsync();
        await RunAsync(world.KeyFile, "run", "promote-model", "--set", "model=77", "--set", "seed=9");

        var entry = Assert.Single(await world.Get<AuditTrail>().SearchAsync(null, AuditActions.RunStart, long.MaxValue, 10, Cancelled));
        Assert.Equal(("promote-model", "asked for: model=77 seed=9", ""), (entry.Event.Subject, entry.Event.Became, entry.Event.Address));
        Assert.Contains('@', entry.Event.Actor);
    }

    [Theory]
    [InlineData(1, "cannot be an operator's name: expected", "operator", "add", "Ada!", "--role", "viewer")]
    [InlineData(1, "there is no operator 'nobody'", "operator", "reset", "nobody")]
    [InlineData(2, "--role", "operator", "add", "ada")]
    [InlineData(2, "--role", "operator", "add", "ada", "--role", "king")]
    public async Task What_cannot_be_is_refused_with_its_reason(int status, string reason, params string[] arguments)
    {
        var ended = await RunAsync(world.KeyFile, arguments);

        Assert.Equal(status, ended.Status);
        Assert.Contains(reason, ended.Error);
    }

    [Fact]
    public async Task Without_a_key_the_setting_is_named()
    {
        var ended = await RunAsync(null, "audit", "verify");

        Assert.Equal(1, ended.Status);
        Assert.Contains("PIPELINE_DASHBOARD_KEY_FILE", ended.Error);
    }

    private async Task<(int Status, string Output, string Error)> RunAsync(string? keyFile, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["exec", Program, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("PIPELINE_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["PIPELINE_MYSQL"] = world.MySql;
        start.Environment["PIPELINE_REDIS"] = await TestServers.RedisAsync();
        start.Environment["PIPELINE_MONGO"] = await TestServers.MongoAsync();
        start.Environment["PIPELINE_AUDIT_ANCHOR"] = world.Anchor;
        if (keyFile is not null)
            start.Environment["PIPELINE_DASHBOARD_KEY_FILE"] = keyFile;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancelled), process.StandardError.ReadToEndAsync(Cancelled));
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, await output, await error);
    }
}
