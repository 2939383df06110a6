using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Services.Local;
using Pipeline.Services.Sources;

namespace Pipeline.Services.Commands;

/// <summary>Where servers and workers are, and whether they answer.</summary>
internal sealed partial class Status(StateFolder state)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // addresses are read by people too: & and + as themselves
    };

    public async Task PrintJsonAsync(TextWriter output, CancellationToken cancellationToken) =>
        await output.WriteLineAsync(JsonSerializer.Serialize(await ReadAsync(cancellationToken), Json));

    public async Task PrintAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var report = await ReadAsync(cancellationToken);
        if (Found.Read(state) is not { } found)
        {
            await output.WriteLineAsync("nothing is up; './pipeline up' starts everything");
            return;
        }
        var answers = await Reachability.CheckAsync(found.Addresses, cancellationToken);
        foreach (var (server, answer) in answers.OrderBy(pair => pair.Key))
        {
            await output.WriteLineAsync($"{server.ToString().ToLowerInvariant(),-10}{Password().Replace(found.Addresses[server] ?? "", "***")}");
            await output.WriteLineAsync($"{"",-10}{answer ?? "answers"}");
        }
        foreach (var worker in report.Workers)
            await output.WriteLineAsync($"{worker.Name,-10}{Describe(worker)}");
        await output.WriteLineAsync($"dashboard {report.Dashboard}");
        await output.WriteLineAsync("Addresses with their passwords: './pipeline status --json', or .run/env");
    }

    private static string Describe(WorkerLine worker) => worker switch
    {
        { Pid: null } => "not running",
        { Healthy: true } => $"healthy, pid {worker.Pid}",
        _ => $"not healthy, pid {worker.Pid}",
    };

    private async Task<Report> ReadAsync(CancellationToken cancellationToken)
    {
        if (Found.Read(state) is not { Addresses: var addresses } || Workers.WrittenDown(state) is not { } workers)
            return new Report(null, null, null, null, null, []);
        var lines = await Task.WhenAll(workers.All.Select(worker => ReadAsync(worker, cancellationToken)));
        return new Report(addresses.Kafka, addresses.Mongo, addresses.MySql, addresses.Redis, workers.Dashboard, lines);
    }

    private async Task<WorkerLine> ReadAsync(Worker worker, CancellationToken cancellationToken)
    {
        if (Programs.Find(state, worker.Name) is not { } process)
            return new WorkerLine(worker.Name, Pid: null, Healthy: false);
        try
        {
            await worker.CheckAsync(process.Pid, cancellationToken);
            return new WorkerLine(worker.Name, process.Pid, Healthy: true);
        }
        catch (Exception e) when (e is HttpRequestException or ServerException or TaskCanceledException)
        {
            return new WorkerLine(worker.Name, process.Pid, Healthy: false);
        }
    }

    /// <summary>The password of a connection string, or of a URI: people show their terminals to others.</summary>
    [GeneratedRegex(@"(?<=\bpassword=)[^;,]+|(?<=://[^:/@]+:)[^@]+(?=@)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Password();

    private sealed record Report(
        string? Kafka, string? Mongo, string? Mysql, string? Redis, Uri? Dashboard, IReadOnlyList<WorkerLine> Workers);

    private sealed record WorkerLine(string Name, int? Pid, bool Healthy);
}
