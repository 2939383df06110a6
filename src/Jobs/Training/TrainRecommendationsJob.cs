using System.Text.Json;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Training;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Models;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>
/// Learns from the events, asks whether the model finds what members went on to watch better than popularity does, trains again on
/// everything, registers the model, and publishes a list for every active member.
/// </summary>
public sealed class TrainRecommendationsJob(
    IEventStore events, ModelStore registry, Publisher publisher, JobsSettings settings, TimeProvider clock) : IJob
{
    public const string JobName = "train-recommendations";

    public string Name => JobName;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        await run.StepAsync("reading events", cancellationToken);
        var weights = SignalWeights.Default with { RecencyHalfLifeDays = run.Parameters.Get(HalfLifeDays) };
        var data = await TrainingData.ReadAsync(
            events, run.Parameters.Get(AsOf) ?? run.StartedAt, run.Parameters.Get(HistoryDays), weights, cancellationToken);
        run.Metric("members", data.Members.Count);
        run.Metric("titles", data.Interactions.Contents.Count);
        run.Metric("interactions", data.Interactions.Count);
        if (data.Interactions.Count == 0)
            return JobOutcome.Skipped("no event in the range says what anybody likes");

        await run.StepAsync("evaluating against popularity", cancellationToken);
        var gate = PublicationGate.Check(
            data.Interactions, new ImplicitAlsTrainer(Als(run.Parameters)), ComputeOptions.Default, run.Parameters.Get(Seed), cancellationToken);
        Record(run, gate);
        await run.LogAsync(gate.Reason, cancellationToken);

        await run.StepAsync("training on everything", cancellationToken);
        var (model, seconds) = Train(run, data, cancellationToken);
        long modelId = await RegisterAsync(run, data, model, seconds, gate, cancellationToken);
        if (!gate.Passed)
            return JobOutcome.Skipped($"model {modelId} is registered and not published: {gate.Reason}");

        long generation = await PublishAsync(run, data, model, modelId, cancellationToken);
        run.Metric("generation", generation);
        run.Metric("lists", data.Members.Count);
        return JobOutcome.Done;
    }

    private (ImplicitAlsModel Model, double Seconds) Train(JobRun run, TrainingData data, CancellationToken cancellationToken)
    {
        var parameters = Als(run.Parameters);
        long started = clock.GetTimestamp();
        var result = ImplicitAls.Train(
            data.Interactions, parameters, ComputeOptions.Default, iteration => run.Progress((double)iteration.Number / parameters.Iterations), cancellationToken);
        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        run.Metric("trainingSeconds", seconds);
        run.Metric("lambda", result.Model.Parameters.Regularization);
        run.Metric("loss", result.Iterations[^1].Loss);
        return (result.Model, seconds);
    }

    private async Task<long> RegisterAsync(
        JobRun run, TrainingData data, ImplicitAlsModel model, double seconds, GateResult gate, CancellationToken cancellationToken)
    {
        var artifact = ArtifactFile.Write(settings.Artifacts, run.Lease, model, data.Interactions.Digest);
        var registered = new RegisteredModel(
            model.Algorithm, JsonSerializer.Serialize(run.Parameters.All), data.Interactions.Digest, run.MetricsJson, seconds,
            artifact.Path, artifact.Digest, gate.Passed ? null : gate.Reason);
        long modelId = await registry.RegisterAsync(run.Lease, registered, cancellationToken);
        run.Metric("model", modelId);
        return modelId;
    }

    private Task<long> PublishAsync(JobRun run, TrainingData data, ImplicitAlsModel model, long modelId, CancellationToken cancellationToken)
    {
        var publication = new PublicationRequest(
            run.Lease, modelId, data.Members, content => data.Interactions.Contents.IndexOf(content) >= 0,
            MemberLists.Build(model, data, run.Parameters.Get(TopK), cancellationToken));
        return publisher.PublishAsync(publication, (step, token) => run.StepAsync($"publishing: {step}", token), run.Progress, cancellationToken);
    }

    private static void Record(JobRun run, GateResult gate)
    {
        if (gate.Comparison is not { } comparison)
            return;
        run.Metric(PublicationGate.Measure, comparison.Challenger);
        run.Metric($"popularity {PublicationGate.Measure}", comparison.Baseline);
        run.Metric($"{PublicationGate.Measure} / popularity", comparison.Ratio);
        run.Metric("evaluatedMembers", comparison.Users);
    }
}
