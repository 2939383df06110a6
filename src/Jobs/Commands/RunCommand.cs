using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Jobs.Commands;

/// <summary><c>run</c>: runs a job now, in this process and through the ledger, and follows it.</summary>
internal static class RunCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        var job = new Argument<string>("job") { Description = $"{string.Join(" or ", JobCatalogue.Names)}." };
        var set = new Option<string[]>("--set") { Description = "A parameter of the job, key=value.", DefaultValueFactory = _ => [] };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("run", "Run a job now and follow it.") { job, set, json };
        command.SetAction((result, cancellationToken) => ExitStatus.OfAsync(
            () => RunAsync(result.GetRequiredValue(job), result.GetRequiredValue(set), result.GetValue(json), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string name, string[] settings, bool json, CancellationToken cancellationToken)
    {
        // What was asked for is checked before any server is.
        var parameters = JobCatalogue.Read(name, settings);
        await using var services = CommandServices.Create();
        await services.PrepareAsync(cancellationToken);
        var job = services.GetRequiredService<JobCatalogue>().Find(name);
        var clock = services.GetRequiredService<TimeProvider>();
        long started = clock.GetTimestamp();
        string who = $"{Environment.UserName}@{Environment.MachineName}";
        if (JobServices.AuditIfAny(services) is { } audit)
            await audit.RecordAsync(new AuditEvent(who, "", AuditActions.RunStart, name, null, AuditActions.Asked(settings)), cancellationToken);
        var order = new RunOrder(
            null, who,
            message => Console.Error.WriteLine($"[{clock.GetElapsedTime(started).TotalSeconds,6:F1} s] {message}"));
        var report = await services.GetRequiredService<RunLedger>().RunAsync(job, parameters, order, cancellationToken);
        if (json)
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(Document(report), Json));
        else
            await PrintAsync(report);
        if (report.Reason is not null && json)
            await Console.Error.WriteLineAsync(report.Reason);
        return report.End is RunEnd.Succeeded or RunEnd.Skipped ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static object Document(RunReport report) => new
    {
        report.RunId, report.Job, State = report.End, report.Reason, report.Attempt, report.Seconds, report.Parameters, report.Metrics,
    };

    private static async Task PrintAsync(RunReport report)
    {
        await Console.Out.WriteLineAsync($"{report.Job}: run {report.RunId} {report.End.ToString().ToLowerInvariant()} in {report.Seconds:F1} s");
        if (report.Reason is not null)
            await Console.Out.WriteLineAsync(report.Reason);
        foreach (var (name, value) in report.Metrics)
            await Console.Out.WriteLineAsync($"  {name,-28} {value:0.####}");
    }
}
