using Pipeline.Services.Processes;

namespace Pipeline.Services.Local;

/// <summary>The processes written down in a state folder: enough to find and stop them, without knowing what started them.</summary>
internal static class RunningProcesses
{
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    /// <summary>Stop order: whoever leans on others goes first. What is not named here goes last, all at once.</summary>
    private static readonly string[] First = [Worker.Ingest, Worker.Jobs, ServeProgram.ProgramName];

    public static ProcessRecord? Find(StateFolder state, string name) =>
        ProcessRecord.Read(state.PidFile(name)) is { } process && process.IsAlive() ? process : null;

    /// <returns>The names of the processes that ran.</returns>
    public static async Task<IReadOnlyList<string>> StopAllAsync(
        StateFolder state, Action<string> progress, CancellationToken cancellationToken, int? except = null)
    {
        var running = state.Recorded().Where(name => Find(state, name) is { } process && process.Pid != except).ToList();
        foreach (var name in First.Where(running.Contains))
            await StopAsync(state, name, progress, cancellationToken);
        await Task.WhenAll(running.Except(First).Select(name => StopAsync(state, name, progress, cancellationToken)));
        return running;
    }

    /// <summary>Stops one process in its own way: everything written, then gone.</summary>
    public static async Task StopAsync(StateFolder state, string name, Action<string> progress, CancellationToken cancellationToken)
    {
        if (Find(state, name) is { } process && !await process.StopAsync(StopPatience, cancellationToken))
            progress($"{name} did not stop within {StopPatience.TotalSeconds:0} s and was killed");
        File.Delete(state.PidFile(name));
    }
}
