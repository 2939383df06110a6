using Pipeline.Services.Processes;

namespace Pipeline.Services.Local;

/// <summary>A program of an instance, server or worker: how it is prepared, called, asked whether it answers, and stopped.</summary>
internal interface IProgram
{
    /// <summary>Name of its log, its pid file and its data folder.</summary>
    string Name { get; }

    int StopSignal => Signals.Terminate;

    IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    /// <summary>What it is started with: one that runs with something else is started anew. Empty for one that is left alone.</summary>
    string Fingerprint => "";

    /// <summary>Makes data folder and configuration files, right before each start.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>The whole command, without the detaching.</summary>
    IReadOnlyList<string> Command();

    /// <summary>Throws while it does not answer yet.</summary>
    /// <param name="pid">Its process, for programs whose address somebody else may answer on.</param>
    Task CheckAsync(int pid, CancellationToken cancellationToken);
}
