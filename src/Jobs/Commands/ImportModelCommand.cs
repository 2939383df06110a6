using System.CommandLine;
using System.Globalization;
using Pipeline.Jobs.Exchange;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Rights;
using Pipeline.Models.Training.Spark;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Commands;

/// <summary><c>models import</c>: takes over a model that Spark has trained on an export.</summary>
internal static class ImportModelCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Where Spark's ALSModel was saved." }.AcceptExistingOnly();
        var contents = new Option<FileInfo>("--contents") { Description = $"The {InteractionFiles.Contents} of the export that it was trained on.", Required = true }.AcceptExistingOnly();
        var alpha = Number("--alpha", "Spark's alpha, which the folder does not say.", mayBeZero: true);
        var regularization = Number("--reg-param", "Spark's regParam, which the folder does not say.", mayBeZero: false);
        var set = new Option<string[]>("--set") { Description = "What the gate asks, key=value, as of promote-model.", DefaultValueFactory = _ => [] };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("import", "Register a model that Spark MLlib's ALS has trained with implicitPrefs, once the gate was asked about it.")
        {
            folder, contents, alpha, regularization, set, json,
        };
        command.SetAction((result, cancellationToken) => ExitStatus.OfAsync(() => RunAsync(
            result.GetRequiredValue(folder).FullName, result.GetRequiredValue(contents).FullName,
            new SparkAlsParameters { Alpha = result.GetRequiredValue(alpha), Regularization = result.GetRequiredValue(regularization) },
            result.GetRequiredValue(set), result.GetValue(json), cancellationToken)));
        return command;
    }

    private static Option<double> Number(string name, string description, bool mayBeZero) => new(name)
    {
        Description = description, Required = true,
        CustomParser = given =>
        {
            if (double.TryParse(given.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value) && (mayBeZero ? value >= 0 : value > 0))
                return value;
            given.AddError($"{name} is a number, {(mayBeZero ? "0 or more" : "above 0")}, not '{given.Tokens[0].Value}'.");
            return 0;
        },
    };

    private static async Task<int> RunAsync(
        string folder, string contents, SparkAlsParameters parameters, string[] settings, bool json, CancellationToken cancellationToken)
    {
        var values = ImportModelJob.Read(folder, settings);
        // Before any server is asked, and before there is a run.
        var export = await ExportedContents.ReadAsync(contents, cancellationToken);
        var source = new SparkModelFolder(folder);
        var note = source.ReadNote();
        var imported = new ImportedModel(await source.ReadAsync(parameters with { Rank = note.Rank }, export, cancellationToken), note, export);
        await using var services = CommandServices.Create();
        await services.PrepareAsync(cancellationToken);
        var job = new ImportModelJob(
            services.GetRequiredService<IEventStore>(), services.GetRequiredService<TitleStore>(), services.GetRequiredService<RightsReader>(),
            services.GetRequiredService<ModelStore>(), services.GetRequiredService<Publisher>(), services.GetRequiredService<JobsSettings>(), imported);
        return await FollowedRun.PrintAsync(await FollowedRun.RunAsync(services, job, values, [folder, .. settings], cancellationToken), json);
    }
}
