using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Benchmarks.Engine;

/// <summary>Reference programs in C++, each one file, compiled for this processor; and LIBMF, in a folder of that name.</summary>
/// <param name="folder">Where their sources are.</param>
/// <param name="work">Where the programs go.</param>
internal sealed partial class References(string folder, string work)
{
    public const string Descent = "libmf";

    /// <summary>Why a program does not run here, by name.</summary>
    public Dictionary<string, string> Missing { get; } = new(StringComparer.Ordinal);

    /// <returns>False where there is no such source, or it does not compile for this processor.</returns>
    public Task<bool> CompileAsync(string name, CancellationToken cancellationToken, params string[] options) =>
        CompileAsync(name, [Path.Combine(folder, name + ".cpp")], ["-std=c++17", .. options], cancellationToken);

    /// <summary>LIBMF's trainer, from its sources with AVX and OpenMP as its makefile has them.</summary>
    public Task<bool> CompileDescentAsync(CancellationToken cancellationToken) =>
        CompileAsync(Descent, [Path.Combine(folder, "libmf", "mf-train.cpp"), Path.Combine(folder, "libmf", "mf.cpp")], ["-std=c++11", "-mavx", "-DUSEAVX", "-fopenmp", "-DUSEOMP"], cancellationToken);

    private async Task<bool> CompileAsync(string name, string[] sources, string[] options, CancellationToken cancellationToken)
    {
        if (!sources.All(File.Exists))
        {
            Missing[name] = "no source in the folder of references";
            return false;
        }
        string[] arguments = ["-O3", "-march=native", "-pthread", "-w", .. options, .. sources, "-o", Program(name)];
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

    /// <summary>LIBMF's squared loss (<c>-f 0</c>), which says when an epoch ends but not how long it took.</summary>
    /// <returns>Seconds and processor seconds of each epoch but the first.</returns>
    public async Task<(double[] Seconds, double[] CpuSeconds)> DescendAsync(string data, int rank, int epochs, CancellationToken cancellationToken)
    {
        string[] arguments = ["-f", "0", "-k", Text(rank), "-t", Text(epochs), "-s", "2", data, "/dev/null"];
        using var process = Start(Program(Descent), arguments);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        List<double> seconds = [], cpuSeconds = [];
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!DescentEpoch().IsMatch(line))
                continue;
            seconds.Add(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);
            cpuSeconds.Add(process.TotalProcessorTime.TotalSeconds);
        }
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? (Differences(seconds), Differences(cpuSeconds))
            : throw new InvalidOperationException($"{Descent} ended with status {process.ExitCode}: {await error}");
    }

    /// <returns>GFLOP/s of multiply-adds in registers on two threads, at the widest vectors that the program has.</returns>
    public async Task<double> HardwareAsync(CancellationToken cancellationToken) =>
        MultiplyAdds().Matches(await RunProgramAsync("hw", [], cancellationToken)).Max(match => Number(match.Groups["rate"]));

    private string Program(string name) => Path.Combine(work, name);

    private async Task<string> RunProgramAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var (status, output, error) = await RunAsync(Program(name), arguments, cancellationToken);
        return status == 0 ? output : throw new InvalidOperationException($"{name} ended with status {status}: {error}");
    }

    public static async Task<(int Status, string Output, string Error)> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments);
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

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static double[] Differences(List<double> moments) => [.. moments.Zip(moments.Skip(1), (before, after) => after - before)];

    private static (double[], double[]) Numbers(MatchCollection matches) =>
        ([.. matches.Select(match => Number(match.Groups["wall"]))], [.. matches.Select(match => Number(match.Groups["cpu"]))]);

    private static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^epoch \d+ (?<wall>[\d.]+) s .*cpu (?<cpu>[\d.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Epoch();

    [GeneratedRegex(@"^fused top.*: (?<wall>[\d.]+) s cpu (?<cpu>[\d.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Repetition();

    [GeneratedRegex(@"^ +\d+ +[\d.]+ +[\d.e+]+$", RegexOptions.CultureInvariant)]
    private static partial Regex DescentEpoch();

    [GeneratedRegex(@"^T=2 FMA\S+ +median (?<rate>[\d.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex MultiplyAdds();
}
