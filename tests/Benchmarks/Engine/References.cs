using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Benchmarks.Engine;

/// <summary>Reference programs in C++, each one file, compiled for this processor.</summary>
/// <param name="folder">Where their sources are.</param>
/// <param name="work">Where the programs go.</param>
internal sealed partial class References(string folder, string work)
{
    /// <summary>Why a program does not run here, by name.</summary>
    public Dictionary<string, string> Missing { get; } = new(StringComparer.Ordinal);

    /// <returns>False where there is no such source, or it does not compile for this processor.</returns>
    public async Task<bool> CompileAsync(string name, CancellationToken cancellationToken, params string[] options)
    {
        var source = Path.Combine(folder, name + ".cpp");
        if (!File.Exists(source))
        {
            Missing[name] = "no source in the folder of references";
            return false;
        }
        string[] arguments = ["-O3", "-march=native", "-std=c++17", "-pthread", "-w", .. options, source, "-o", Program(name)];
        var (status, _, error) = await RunAsync("g++", arguments, cancellationToken);
        if (status != 0)
            Missing[name] = error.Contains("target specific option mismatch", StringComparison.Ordinal) ? "needs instructions that this processor lacks" : "does not compile";
        return status == 0;
    }

    public async Task GenerateAsync(string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        await RunProgramAsync("gen_synth", ["-o", target], cancellationToken);
    }

    /// <returns>Seconds and processor seconds of each epoch.</returns>
    public async Task<(double[] Seconds, double[] CpuSeconds)> TrainAsync(string data, int rank, int epochs, CancellationToken cancellationToken)
    {
        var output = await RunProgramAsync("ials_fast", [data, Text(rank), Text(epochs)], cancellationToken);
        return Numbers(Epoch().Matches(output));
    }

    /// <returns>Seconds and processor seconds of each repetition.</returns>
    public async Task<(double[] Seconds, double[] CpuSeconds)> ListsAsync(
        string data, string model, int members, int titles, int rank, CancellationToken cancellationToken)
    {
        var output = await RunProgramAsync("topk_bf", [Text(members), Text(titles), Text(rank), "50", model, data], cancellationToken);
        return Numbers(Repetition().Matches(output));
    }

    public Task<string> HardwareAsync(CancellationToken cancellationToken) => RunProgramAsync("hw", [], cancellationToken);

    private string Program(string name) => Path.Combine(work, name);

    private async Task<string> RunProgramAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var (status, output, error) = await RunAsync(Program(name), arguments, cancellationToken);
        return status == 0 ? output : throw new InvalidOperationException($"{name} ended with status {status}: {error}");
    }

    public static async Task<(int Status, string Output, string Error)> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static (double[], double[]) Numbers(MatchCollection matches) =>
        ([.. matches.Select(match => Number(match.Groups["wall"]))], [.. matches.Select(match => Number(match.Groups["cpu"]))]);

    private static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^epoch \d+ (?<wall>[\d.]+) s .*cpu (?<cpu>[\d.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Epoch();

    [GeneratedRegex(@"^fused top.*: (?<wall>[\d.]+) s cpu (?<cpu>[\d.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Repetition();
}
