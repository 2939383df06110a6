using Pipeline.Services.Processes;
using Pipeline.Services.Serving;

namespace Pipeline.Services.Local;

/// <summary>This program once more, as the host of the Kafka stand-in and the MongoDB gateway.</summary>
internal sealed class ServeProgram(StateFolder state, IReadOnlySet<Server> servers, ProcessRecord? owner) : IProgram
{
    public const string ProgramName = "serve";

    public string Name => ProgramName;

    public ServeEndpoints Endpoints =>
        ServeEndpoints.Read(state.EndpointsFile) ?? throw new ServerException("the serve process does not answer yet");

    /// <summary>One that hosts other servers than are asked for is started anew.</summary>
    public string Fingerprint => string.Join(' ', Options.ToArguments());

    private ServeOptions Options => new(state.Path, servers.Contains(Server.Kafka), servers.Contains(Server.Mongo), owner);

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        File.Delete(state.EndpointsFile);
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> Command() =>
        [DotNet.Host, "exec", Path.Combine(AppContext.BaseDirectory, "Pipeline.Services.dll"), "serve", .. Options.ToArguments()];

    /// <summary>The process writes its endpoints when all of them answer.</summary>
    public Task CheckAsync(int pid, CancellationToken cancellationToken)
    {
        _ = Endpoints;
        return Task.CompletedTask;
    }
}
