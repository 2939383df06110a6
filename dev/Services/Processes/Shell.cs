using System.ComponentModel;
using System.Diagnostics;

namespace Pipeline.Services.Processes;

/// <summary>How a command ended, and the end of what it said on both outputs.</summary>
internal sealed record CommandResult(int ExitCode, string Tail)
{
    public bool Ok => ExitCode == 0;
}

/// <summary>Runs other programs: to their end, or detached for good.</summary>
internal static class Shell
{
    private const int TailLines = 25;

    /// <param name="line">Receives each line of either output as it comes.</param>
    /// <param name="input">Text for standard input, which is closed after it.</param>
    public static async Task<CommandResult> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken,
        Action<string>? line = null, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        var tail = new Queue<string>();
        void Take(string? text)
        {
            if (text is null)
                return;
            lock (tail)
            {
                tail.Enqueue(text);
                if (tail.Count > TailLines)
                    tail.Dequeue();
            }
            line?.Invoke(text);
        }

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new CommandResult(127, $"{program}: {e.Message}");
        }
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        lock (tail)
            return new CommandResult(process.ExitCode, string.Join('\n', tail));
    }

    /// <summary>Starts a program that outlives this one, its output going to the end of <paramref name="log"/>.</summary>
    public static ProcessRecord Detach(string log, IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        var start = new ProcessStartInfo("/bin/sh", [Script("detach.sh"), log, .. command]) { WorkingDirectory = "/" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        return ProcessRecord.Of(process.Id) ?? ProcessRecord.Ended;
    }

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "scripts", name);
}
