using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Pipeline.Gateway.Tests;

/// <summary>The same gateway, seen by Node's official driver.</summary>
[Trait("speed", "server")]
public sealed partial class NodeDriverTests(GatewayFixture gateway)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "node");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_check_of_the_node_driver_passes()
    {
        await InstallAsync();
        var running = await gateway.StartAsync();
        await using var outage = await running.GatewayAsync(options => options with { ConnectionString = "Host=127.0.0.1;Port=1;Username=nobody;Database=none" });

        var (exitCode, output) = await RunAsync("node", ["--test", "--test-force-exit", "--test-reporter=tap"], new()
        {
            ["GATEWAY_URI"] = Uri(running.Host),
            ["OUTAGE_URI"] = Uri(outage),
        });

        var failed = FailedCheck().Matches(output).Select(match => match.Groups["name"].Value).ToArray();
        Assert.True(failed.Length == 0 && exitCode == 0, $"failed: {string.Join(", ", failed)}\n{output}");
        Assert.Matches(PassedChecks(), output);
    }

    /// <summary>By the lock file, and only when it has changed since the last time.</summary>
    private static async Task InstallAsync()
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"), Ct);
        var stamp = Path.Combine(Folder, "installed-lock.json");
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp, Ct) == wanted)
            return;
        var (exitCode, output) = await RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], []);
        Assert.True(exitCode == 0, output);
        await File.WriteAllTextAsync(stamp, wanted, Ct);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Ct);
        var errors = process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, await output + await errors);
    }

    private static string Uri(Services.Gateway.GatewayHost host) => GatewayFixture.Running.Uri(host, GatewayFixture.User, GatewayFixture.Password);

    [GeneratedRegex(@"^\s*not ok \d+ - (?<name>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex FailedCheck();

    [GeneratedRegex(@"^# pass [1-9]", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex PassedChecks();
}
