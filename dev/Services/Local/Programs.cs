using Pipeline.Services.Processes;

namespace Pipeline.Services.Local;

/// <summary>Starts and stops the programs of a state folder. Pid files are enough to find and stop one, whatever started it.</summary>
internal static class Programs
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReapPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Stop order: who leans on others goes before them. What is not named goes last, all at once.</summary>
    private static readonly string[] StoppedFirst = [Worker.Ingest, Worker.Jobs, ServeProgram.ProgramName];

    public static ProcessRecord? Find(StateFolder state, string name) =>
        ProcessRecord.Read(state.PidFile(name)) is { } process && process.IsAlive() ? process : null;

    /// <summary>Starts a program, unless it runs, and waits until it answers.</summary>
    /// <exception cref="ServerException">It ends, or does not answer in time; the message has the end of its log.</exception>
    public static async Task StartAsync(StateFolder state, IProgram program, Action<string> progress, CancellationToken cancellationToken)
    {
        var process = Find(state, program.Name);
        if (process is not null && process.Fingerprint != program.Fingerprint)
        {
            progress($"starting {program.Name} anew: it runs with an older build or other addresses");
            await StopAsync(state, program.Name, progress, cancellationToken);
            process = null;
        }
        if (process is null)
        {
            await program.PrepareAsync(cancellationToken);
            process = Shell.Detach(state.Log(program.Name), program.Command(), program.Environment) with
            {
                StopSignal = program.StopSignal,
                Fingerprint = program.Fingerprint,
            };
            process.Write(state.PidFile(program.Name));
        }
        await ReadyAsync(state, program, process, cancellationToken);
    }

    /// <summary>Stops one program in its own way: everything written, then gone.</summary>
    public static async Task StopAsync(StateFolder state, string name, Action<string> progress, CancellationToken cancellationToken)
    {
        if (Find(state, name) is { } process && !await process.StopAsync(StopPatience, cancellationToken))
            progress($"{name} did not stop within {StopPatience.TotalSeconds:0} s and was killed");
        File.Delete(state.PidFile(name));
    }

    /// <param name="except">The pid of the process that asks, where it is one of them.</param>
    /// <returns>The names of the programs that ran.</returns>
    public static async Task<IReadOnlyList<string>> StopAllAsync(
        StateFolder state, Action<string> progress, CancellationToken cancellationToken, int? except = null)
    {
        var running = new Dictionary<string, ProcessRecord>();
        foreach (var name in state.Recorded())
        {
            if (Find(state, name) is { } process && process.Pid != except)
                running[name] = process;
        }
        foreach (var name in StoppedFirst.Where(running.ContainsKey))
            await StopAsync(state, name, progress, cancellationToken);
        await Task.WhenAll(running.Keys.Except(StoppedFirst).Select(name => StopAsync(state, name, progress, cancellationToken)));
        await Task.WhenAll(running.Values.Select(process => process.ReapedWithinAsync(ReapPatience, cancellationToken)));
        return [.. running.Keys];
    }

    private static async Task ReadyAsync(StateFolder state, IProgram program, ProcessRecord process, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await program.CheckAsync(process.Pid, cancellationToken);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (!process.IsAlive())
                    throw new ServerException($"{program.Name} ended while it was being started. {LogTail(state, program)}", e);
                if (TimeProvider.System.GetElapsedTime(started) > StartPatience)
                {
                    throw new ServerException(
                        $"{program.Name} does not answer after {StartPatience.TotalSeconds:0} s: {e.Message}\n{LogTail(state, program)}",
                        e);
                }
            }
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private static string LogTail(StateFolder state, IProgram program)
    {
        var log = state.Log(program.Name);
        return $"The end of {log}:\n{string.Join('\n', File.ReadLines(log).TakeLast(15))}";
    }
}
