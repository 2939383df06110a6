using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Jobs.Commands;

/// <summary>Runs a job in this process and through the ledger for whoever types, follows it on standard error, and prints how it ended.</summary>
internal static class FollowedRun
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <param name="settings">What was asked for, as the audit has it.</param>
    public static async Task<RunReport> RunAsync(
        IServiceProvider services, IJob job, ParameterValues parameters, IReadOnlyCollection<string> settings, CancellationToken cancellationToken)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        long started = clock.GetTimestamp();
        string who = $"{Environment.UserName}@{Environment.MachineName}";
        if (JobServices.AuditIfAny(services) is { } audit)
            await audit.RecordAsync(new AuditEvent(who, "", AuditActions.RunStart, job.Name, null, AuditActions.Asked(settings)), cancellationToken);
        var order = new RunOrder(
            null, who,
            message => Console.Error.WriteLine($"[{clock.GetElapsedTime(started).TotalSeconds,6:F1} s] {message}"));
        return await services.GetRequiredService<RunLedger>().RunAsync(job, parameters, order, cancellationToken);
    }

    /// <param name="more">What else there is to tell, by name; as JSON only.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> PrintAsync(RunReport report, bool json, (string Name, object? Value)? more = null)
    {
        if (json)
        {
            var document = JsonSerializer.SerializeToNode(Document(report), Json)!.AsObject();
            if (more is var (name, value))
                document[name] = JsonSerializer.SerializeToNode(value, Json);
            await Console.Out.WriteLineAsync(document.ToJsonString(Json));
            if (report.Reason is not null)
                await Console.Error.WriteLineAsync(report.Reason);
        }
        else
            await PrintAsync(report);
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
