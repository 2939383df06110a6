using System.CommandLine;
using Pipeline.Jobs.Runs;

namespace Pipeline.Jobs.Commands;

/// <summary><c>run</c>: runs a job now, in this process and through the ledger, and follows it.</summary>
internal static class RunCommand
{
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
        return await FollowedRun.PrintAsync(await FollowedRun.RunAsync(services, job, parameters, settings, cancellationToken), json);
    }
}
