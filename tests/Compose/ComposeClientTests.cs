using System.Diagnostics;
using Pipeline.Servers;

namespace Pipeline.Compose.Tests;

/// <summary>What a Compose client makes of the file; it needs no engine for that.</summary>
[Trait("speed", "fast")]
public sealed class ComposeClientTests
{
    /// <summary>The two clients in use: Docker's plugin, and the older program that Debian packages.</summary>
    private static readonly string[][] Clients = [["docker", "compose"], ["docker-compose"]];

    [Theory]
    [InlineData("servers")]
    [InlineData("app")]
    public async Task A_client_accepts_the_file_and_sees_the_same_services(string profile)
    {
        string[]? client = await FindClientAsync();
        Assert.SkipWhen(client is null, "neither 'docker compose' nor 'docker-compose' is installed");

        var (status, output, error) = await RunAsync([.. client!, "--file", Repository.PathOf("docker-compose.yml"), "--profile", profile, "config", "--services"]);

        Assert.True(status == 0, error);
        Assert.DoesNotContain("WARNING", error);
        // The older client lists the services of other profiles as well.
        Assert.Superset(
            ComposeFile.Current.Services.Where(service => service.Profiles.Contains(profile)).Select(service => service.Name).ToHashSet(),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet());
    }

    private static async Task<string[]?> FindClientAsync()
    {
        foreach (string[] client in Clients)
        {
            try
            {
                if ((await RunAsync([.. client, "version"])).Status == 0)
                    return client;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // This program is not installed: the next one may be.
            }
        }
        return null;
    }

    private static async Task<(int Status, string Output, string Error)> RunAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }
}
