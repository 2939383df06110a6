using System.Text.Json;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Jobs.Training;

/// <summary>A model with what the registry keeps of how it came about.</summary>
/// <param name="DataDigest">Of the interactions that it was trained on.</param>
/// <param name="Seconds">That training took; 0 where that was elsewhere.</param>
internal sealed record TrainedModel(IRecommender Model, string DataDigest, double Seconds, TrainingReport Report)
{
    /// <summary>Where it is from, by name; empty for a model of our own training.</summary>
    public IReadOnlyDictionary<string, object?> Origin { get; init; } = new Dictionary<string, object?>();

    /// <summary>When the interactions were read, UTC by the database's clock, where that was before the run began: members who were erased since taught it.</summary>
    public DateTime? ReadAt { get; init; }
}

/// <summary>Puts models into the registry.</summary>
/// <param name="artifacts">Folder of the artifacts.</param>
internal sealed class Registration(JobRun run, TrainingData data, ModelStore registry, string artifacts)
{
    /// <returns>The model's id.</returns>
    public async Task<long> AddAsync(TrainedModel trained, CancellationToken cancellationToken)
    {
        var (model, gate) = (trained.Model, trained.Report.Gate);
        var artifact = ArtifactFile.Write(artifacts, run.Lease, model, trained.DataDigest);
        // What the run was told, what of it the model was trained with, and what signals were worth.
        var parameters = run.Parameters.All
            .Concat(trained.Origin)
            .Concat(model.Settings.Select(setting => KeyValuePair.Create($"{model.Algorithm}.{setting.Key}", (object?)setting.Value)))
            .Concat(data.Weights.Settings.Select(setting => KeyValuePair.Create($"weights.{setting.Key}", (object?)setting.Value)))
            .Concat(data.Titles.Count > 0 ? [KeyValuePair.Create("titles.digest", (object?)data.Titles.Digest)] : []);
        var registered = new RegisteredModel(
            model.Algorithm, JsonSerializer.Serialize(parameters.ToDictionary()), trained.DataDigest, run.MetricsJson, trained.Seconds,
            artifact.Path, artifact.Digest, trained.Report.ToJson(), gate.Promoted ? null : gate.Reason) { ReadAt = trained.ReadAt };
        long modelId = await registry.RegisterAsync(run.Lease, registered, cancellationToken);
        run.Metric("model", modelId);
        return modelId;
    }

    /// <summary>The end of a run that registers and publishes nothing.</summary>
    public static async Task<JobOutcome> EndAsync(JobRun run, long modelId, GateReport gate, CancellationToken cancellationToken)
    {
        string verdict = gate.Promoted ? "the gate would promote it" : $"the gate would not promote it: {gate.Reason}";
        string outcome = $"model {modelId} is registered, not published, as was asked; {verdict}";
        await run.LogAsync(outcome, cancellationToken);
        return JobOutcome.DoneWith(outcome);
    }
}
