using System.Text;
using Pipeline.Services.Local;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Commands;

/// <summary>The workers of an instance, and the settings that they and the command line share.</summary>
internal sealed class Workers
{
    private const string IngestHttp = "PIPELINE_INGEST_HTTP";
    private const string JobsHttp = "PIPELINE_JOBS_HTTP";

    private readonly StateFolder _state;
    private readonly Dictionary<string, string> _settings;

    private Workers(StateFolder state, Dictionary<string, string> settings)
    {
        _state = state;
        _settings = settings;
        All =
        [
            new Worker(Worker.Ingest, new Uri(settings[IngestHttp]), settings),
            new Worker(Worker.Jobs, new Uri(settings[JobsHttp]), settings),
        ];
    }

    public IReadOnlyList<Worker> All { get; }

    public Uri Dashboard => new(_settings[JobsHttp]);

    /// <summary>Workers against these servers; chooses their ports where there are none yet.</summary>
    public static Workers For(StateFolder state, ServerAddresses addresses)
    {
        var settings = addresses.ToEnvironment();
        settings[IngestHttp] = Http(state, IngestHttp, Worker.Ingest, preferredPort: 8081);
        settings[JobsHttp] = Http(state, JobsHttp, Worker.Jobs, preferredPort: 8080);
        settings["PIPELINE_INGEST_WORKERS"] = settings[IngestHttp];
        settings["PIPELINE_DASHBOARD_KEY_FILE"] = state.SecretFile("dashboard_key");
        settings["PIPELINE_ERASURE_KEY_FILE"] = state.SecretFile("erasure_key");
        settings["PIPELINE_AUDIT_ANCHOR"] = state.AuditAnchorFile;
        settings["PIPELINE_ARTIFACTS"] = state.ArtifactsFolder;
        return new Workers(state, settings);
    }

    /// <summary>The workers as they were written down; null when nothing is up.</summary>
    public static Workers? WrittenDown(StateFolder state)
    {
        if (!File.Exists(state.EnvironmentFile))
            return null;
        var pairs = File.ReadLines(state.EnvironmentFile).Select(line => line.Split('=', 2));
        return new Workers(state, pairs.ToDictionary(pair => pair[0], pair => pair[1]));
    }

    /// <summary>Writes the settings where ./pipeline reads them for its other verbs.</summary>
    public void WriteEnvironment()
    {
        var text = new StringBuilder();
        foreach (var (variable, value) in _settings)
            text.Append(variable).Append('=').Append(value).Append('\n');
        AtomicFile.Write(_state.EnvironmentFile, text.ToString());
    }

    private static string Http(StateFolder state, string variable, string worker, int preferredPort)
    {
        var given = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrWhiteSpace(given)
            ? $"http://127.0.0.1:{state.Port(worker, inUse: Programs.Find(state, worker) is not null, preferredPort)}"
            : given.Trim();
    }
}
