using Pipeline.Services.Local;
using Pipeline.Services.Processes;
using Pipeline.Services.Sources;

namespace Pipeline.Services.Commands;

/// <summary>Stops everything that was started, workers first; data, ports and passwords stay for the next start.</summary>
internal sealed class Down(string home, StateFolder state, Action<string> progress)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        void Waiting() => progress("waiting for another './pipeline up' or 'down'");
        using var alone = await FileLock.TakeAsync(state.CommandLockFile, Waiting, cancellationToken);
        var stopped = (await Programs.StopAllAsync(state, progress, cancellationToken)).ToList();
        if (Found.Read(state) is { Source: Source.Docker })
        {
            await new DockerServers(home, progress).StopAsync(cancellationToken);
            stopped.Add("the containers");
        }
        File.Delete(state.FoundFile);
        File.Delete(state.EnvironmentFile);
        progress(stopped.Count == 0 ? "nothing was running" : $"stopped {string.Join(", ", stopped)}");
    }
}
