using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Pipeline.Demo;

/// <summary>How much the generator makes.</summary>
internal readonly record struct WorldSize(int Events, int Members, int Titles, int Seed)
{
    /// <summary>The generator's arguments; <paramref name="until"/> is the time of the last event.</summary>
    public string[] Arguments(DateTimeOffset until) =>
    [
        "--events", Text(Events), "--members", Text(Members), "--titles", Text(Titles), "--seed", Text(Seed),
        "--until", until.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
    ];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A step of the demo did not end as it should; the message says which and why.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);

/// <summary>Runs our own programs, as a person at a terminal would.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end; what it prints goes to <paramref name="outputFile"/>, its progress to our standard error.</summary>
    public static async Task RunToFileAsync(string outputFile, string project, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        await using var file = File.Create(outputFile);
        await RunAsync(file, project, arguments, cancellationToken);
    }

    /// <summary>Runs a program with <c>--json</c> and returns the one document that it prints.</summary>
    public static async Task<JsonElement> RunForJsonAsync(string project, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await RunAsync(output, project, [.. arguments, "--json"], cancellationToken);
        output.Position = 0;
        using var document = await JsonDocument.ParseAsync(output, default, cancellationToken);
        return document.RootElement.Clone();
    }

    private static async Task RunAsync(Stream output, string project, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        string library = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, "release", $"Pipeline.{project}.dll"));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(library);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new DemoFailedException($"{project} did not start");
        try
        {
            await process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        if (process.ExitCode != 0)
            throw new DemoFailedException($"'{project} {string.Join(' ', arguments)}' ended with status {process.ExitCode}");
    }
}
