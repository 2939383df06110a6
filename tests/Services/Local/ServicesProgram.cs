using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Tests.Local;

/// <summary>The program as the script calls it, on a home folder of its own, with no address given but those of the call.</summary>
internal sealed class ServicesProgram : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public string Home => _home.Path;

    public void Dispose() => _home.Dispose();

    public Task<CommandResult> RunAsync(string[] arguments, params (string Variable, string Value)[] environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Pipeline.Services.dll");
        var variables = new Dictionary<string, string> { ["PIPELINE_HOME"] = Home };
        foreach (var unset in (string[])["KAFKA", "MONGO", "MYSQL", "REDIS", "INGEST_HTTP", "JOBS_HTTP"])
            variables["PIPELINE_" + unset] = "";
        foreach (var (variable, value) in environment)
            variables[variable] = value;
        return Shell.RunAsync(DotNet.Host, ["exec", program, .. arguments], TestContext.Current.CancellationToken, environment: variables);
    }
}
