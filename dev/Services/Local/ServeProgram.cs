using Pipeline.Services.Processes;
using Pipeline.Services.Serving;

namespace Pipeline.Services.Local;

/// <summary>This program once more, as the host of the Kafka stand-in and the MongoDB gateway.</summary>
internal sealed class ServeProgram(StateFolder state, IReadOnlySet<Server> servers, ProcessRecord? owner) : IProgram
{
    public const string ProgramName = "serve";

    public string Name => ProgramName;

    public ServeEndpoints Endpoints => ServeEndpoints.Read(state.EndpointsFile) ?? throw new ServerException("the serve process does not answer yet");

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        File.Delete(state.EndpointsFile);
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> Command()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Pipeline.Services.dll");
        var options = new ServeOptions(state.Path, servers.Contains(Server.Kafka), servers.Contains(Server.Mongo), owner);
        return [DotNet.Host, "exec", program, "serve", .. options.ToArguments()];
    }

    /// <summary>The process writes its endpoints when all of them answer.</summary>
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        _ = Endpoints;
        return Task.CompletedTask;
    }
}
