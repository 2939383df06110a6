using System.Globalization;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Training;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Training.Spark;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Exchange;

/// <summary>A model of another engine, read and checked.</summary>
internal sealed record ImportedModel(SparkAlsModel Model, SparkModelNote Spark, ExportedContents Export);

/// <summary>
/// Takes a model over that another engine has trained on an export: asks the gate about it as about any other, and registers it with what the
/// gate found and where it is from. <c>promote-model</c> publishes it. As with <see cref="ExportInteractionsJob"/>, who has a shell asks for it.
/// </summary>
internal sealed class ImportModelJob(
    IEventStore events, TitleStore titles, RightsReader rights, ModelStore registry, Publisher publisher, JobsSettings settings, ImportedModel imported) : IJob
{
    public const string JobName = "import-model";

    private static readonly JobParameter<string> From = JobParameters.Text("from", "folder that Spark saved the model in", "", "", _ => { }) with { IsRequired = true };

    private static readonly IReadOnlyList<JobParameter> ValidParameters = [From, .. TrainingParameters.OfPromotion];

    public string Name => JobName;

    /// <exception cref="UsageException">A setting that there is not, or that cannot be what it is set to.</exception>
    public static ParameterValues Read(string folder, IEnumerable<string> settings) =>
        ParameterValues.Read(JobName, ValidParameters, [.. settings, $"{From.Name}={Path.GetFullPath(folder)}"]);

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var (model, spark, export) = imported;
        await run.LogAsync($"{spark.Uid}, rank {spark.Rank}, saved by Spark {spark.Version}, knows {model.Contents.Count} of the {export.Ids.Count} titles that were exported", cancellationToken);
        var data = await TrainingData.ReadAsync(events, titles, rights, run, cancellationToken);
        var promotion = new Promotion(run, data, await RegistryModel.ServedAsync(registry, cancellationToken), publisher);
        var gate = await promotion.AskAsync(new GateContender(spark.Uid, model, export.Note.HeldOutShare), cancellationToken);
        long modelId = await new Registration(run, data, registry, settings.Artifacts).AddAsync(
            new TrainedModel(model, export.Note.Digest, 0, new TrainingReport(null, gate))
            {
                Origin = new Dictionary<string, object?>
                {
                    ["spark.uid"] = spark.Uid, ["spark.version"] = spark.Version, ["spark.savedAt"] = spark.SavedAt.ToString("u", CultureInfo.InvariantCulture),
                    ["held-out-share"] = export.Note.HeldOutShare,
                },
                ReadAt = export.Note.ReadAt,
            }, cancellationToken);
        return await Registration.EndAsync(run, modelId, gate, cancellationToken);
    }
}
