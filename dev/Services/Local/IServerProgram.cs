using Pipeline.Services.Processes;

namespace Pipeline.Services.Local;

/// <summary>One server program of an instance: how it is prepared, called, asked whether it answers, and stopped.</summary>
internal interface IServerProgram
{
    /// <summary>Name of its log, its pid file and its data folder.</summary>
    string Name { get; }

    int StopSignal => Signals.Terminate;

    /// <summary>Makes data folder and configuration files, right before each start.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>The whole command, without the detaching.</summary>
    IReadOnlyList<string> Command();

    /// <summary>Throws while the server does not answer yet.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
