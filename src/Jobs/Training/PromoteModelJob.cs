using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Titles;

namespace Pipeline.Jobs.Training;

/// <summary>
/// Promotes a model of the registry by hand, such as one that a person trained with other parameters: it has to pass the same gate against
/// the model that is served now, and then its lists are published.
/// </summary>
public sealed class PromoteModelJob(IEventStore events, TitleStore titles, RightsReader rights, ModelStore registry, Publisher publisher) : IJob
{
    public const string JobName = "promote-model";

    public static readonly JobParameter<long> Model = JobParameters.Whole("model", "the model to serve", 0L, 1, long.MaxValue) with { IsRequired = true };

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [Model, .. TrainingParameters.OfPromotion];

    public string Name => JobName;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        long modelId = run.Parameters.Get(Model);
        var challenger = await RegistryModel.FindAsync(registry, modelId, cancellationToken);
        if (challenger.Contender is not { } contender)
            return JobOutcome.Failed(challenger.Missing!);
        if (challenger.HasErased)
            return JobOutcome.Failed($"model {modelId} may have learned from a member who was erased since: train another");
        if (contender.HeldOutShare <= 0)
            return JobOutcome.Failed($"model {modelId} was trained on the members whom the gate would ask");
        var champion = await RegistryModel.ServedAsync(registry, cancellationToken);
        if (champion.ModelId == modelId)
            return JobOutcome.Skipped($"model {modelId} is served already");

        var data = await TrainingData.ReadAsync(events, titles, rights, run, cancellationToken);
        var promotion = new Promotion(run, data, champion, publisher);
        var gate = await promotion.AskAsync(contender, cancellationToken);
        run.Metric("model", modelId);
        run.Metric("promoted", gate.Promoted ? 1 : 0);
        if (!gate.Promoted)
            return JobOutcome.Failed($"model {modelId} is not promoted: {gate.Reason}");
        await promotion.PublishAsync(contender.Model, modelId, cancellationToken);
        return JobOutcome.Done;
    }
}
