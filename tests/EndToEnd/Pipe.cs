using System.Diagnostics;

namespace Pipeline.EndToEnd.Tests;

/// <summary>What a run of <c>./pipeline</c> printed and how it ended.</summary>
internal sealed record Ended(int Status, string Output, string Error)
{
    public Ended ShouldEnd(int status)
    {
        Assert.True(Status == status, $"ended with status {Status}, not {status}\n--- output\n{Output}\n--- error\n{Error}");
        return this;
    }
}

/// <summary>The command as a person types it, with servers and state of its own in a temporary folder.</summary>
internal sealed class Pipe : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public string Home { get; } = Directory.CreateTempSubdirectory("pipeline-e2e-").FullName;

    public string Write(string name, string text)
    {
        string file = Path.Combine(Home, name);
        File.WriteAllText(file, text);
        return file;
    }

    public Task<Ended> RunAsync(params string[] arguments) => RunWithAsync([], arguments);

    public async Task<Ended> RunWithAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository(), "pipeline"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Home,
        };
        foreach (string inherited in start.Environment.Keys.Where(name => name.StartsWith("PIPELINE_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(inherited);
        start.Environment["PIPELINE_HOME"] = Home;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Longest);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new Ended(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Processes whose command line or environment names our state folder.</summary>
    public IReadOnlyList<int> ProcessesLeft() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out int pid) ? pid : 0)
            .Where(pid => pid > 0 && pid != Environment.ProcessId && (Mentions(pid, "cmdline") || Mentions(pid, "environ"))),
    ];

    private bool Mentions(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}").Contains(Home, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.Delete(Home, recursive: true);
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
                return folder.FullName;
        throw new InvalidOperationException("not inside the repository");
    }
}
