using System.Diagnostics;

namespace Pipeline.Jobs.Tests.Commands;

/// <summary>The program as people start it, in a process of its own.</summary>
internal static class JobsProgram
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Jobs", "release", "Pipeline.Jobs.dll"));

    /// <summary>Nobody answers there: a job that reads events waits.</summary>
    private const string SilentMongo = "mongodb://127.0.0.1:1/none?serverSelectionTimeoutMS=60000";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="stores">Null for a program that is told of no server; its event store is silent.</param>
    public static Process Start(JobStores? stores, params string[] arguments) => Start(stores, SilentMongo, arguments);

    private static Process Start(JobStores? stores, string mongo, string[] arguments, string? vectorWidth = null)
    {
        // What a shell starts in the background is deaf to SIGINT, and so would be what it starts.
        var start = new ProcessStartInfo("env") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["--default-signal=INT", "dotnet", "exec", Program, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("PIPELINE_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["PIPELINE_JOBS_HTTP"] = "http://127.0.0.1:0";
        if (stores is not null)
        {
            start.Environment["PIPELINE_MYSQL"] = stores.MySqlAddress;
            start.Environment["PIPELINE_REDIS"] = stores.RedisAddress;
            start.Environment["PIPELINE_MONGO"] = mongo;
        }
        if (vectorWidth is not null)
            start.Environment["PIPELINE_VECTOR_WIDTH"] = vectorWidth;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    public static Task<(int Status, string Output, string Error)> RunAsync(JobStores? stores, params string[] arguments) => RunAsync(stores, SilentMongo, arguments);

    public static Task<(int Status, string Output, string Error)> RunAsync(JobStores? stores, string mongo, string[] arguments) =>
        EndAsync(Start(stores, mongo, arguments));

    /// <summary>Told of no server, with vectors of a width; null for the processor's own.</summary>
    public static Task<(int Status, string Output, string Error)> RunWithVectorsAsync(string? width, string[] arguments) =>
        EndAsync(Start(null, SilentMongo, arguments, width));

    private static async Task<(int Status, string Output, string Error)> EndAsync(Process started)
    {
        using var process = started;
        var output = process.StandardOutput.ReadToEndAsync(Cancelled);
        var error = process.StandardError.ReadToEndAsync(Cancelled);
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, await output, await error);
    }

    public static async Task WaitForAsync(StreamReader lines, string text)
    {
        while (await lines.ReadLineAsync(Cancelled) is { } line)
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        Assert.Fail($"the program ended without saying '{text}'");
    }

    public static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancelled);
    }
}
