using System.CommandLine;
using Pipeline.Jobs.Exchange;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.Events;

namespace Pipeline.Jobs.Commands;

/// <summary><c>export</c>: what <c>train-recommendations</c> trains on, as Parquet for another engine.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = $"Where {string.Join(" and ", ExportInteractionsJob.FileNames)} are written; it is made where it is not there." };
        var set = new Option<string[]>("--set")
        {
            Description = "What to export, key=value, as of train-recommendations: history-days, half-life-days, weights, as-of, held-out-share.", DefaultValueFactory = _ => [],
        };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the files of an earlier export." };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("export", "Write the interactions that models are trained on as Parquet, members by number only.") { folder, set, overwrite, json };
        command.SetAction((result, cancellationToken) => ExitStatus.OfAsync(() => RunAsync(
            result.GetRequiredValue(folder), result.GetRequiredValue(set), result.GetValue(overwrite), result.GetValue(json), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string folder, string[] settings, bool overwrite, bool json, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(folder))
            throw new UsageException("the folder has no name");
        var parameters = ExportInteractionsJob.Read(folder, settings);
        ExportFolder.RequireFree(folder, overwrite, ExportInteractionsJob.FileNames);
        await using var services = CommandServices.Create();
        await services.PrepareAsync(cancellationToken);
        var job = new ExportInteractionsJob(services.GetRequiredService<IEventStore>(), overwrite);
        var report = await FollowedRun.RunAsync(services, job, parameters, [folder, .. settings], cancellationToken);
        if (job.Summary is { } written && !json)
            await Console.Out.WriteLineAsync(
                $"{written.Interactions} interactions of {written.Users} members with {written.Items} titles in {written.Folder}, SHA-256 {written.Digest}");
        return await FollowedRun.PrintAsync(report, json, ("export", job.Summary));
    }
}
