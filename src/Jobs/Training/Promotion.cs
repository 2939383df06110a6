using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>What follows a trained model, whoever asks for it: the gate, and publication under the run's lease.</summary>
internal sealed class Promotion(JobRun run, TrainingData data, RegistryModel champion, Publisher publisher)
{
    /// <summary>
    /// Whether no model is served yet. Then what the gate finds is told and stops nobody: better than popularity, coverage and calibration
    /// are asked for once there is something to fall back to.
    /// </summary>
    public bool IsFirst => champion.ModelId is null;

    /// <summary>Brings the challenger before the gate and records what it found.</summary>
    public async Task<GateReport> AskAsync(GateContender challenger, CancellationToken cancellationToken)
    {
        await run.StepAsync("asking the gate", cancellationToken);
        var trial = new GateTrial(data.Interactions, data.Slices, Rules(run.Parameters), run.Parameters.Get(Seed), ComputeOptions.Default)
        {
            Rerank = Rerank(run.Parameters),
            Anchor = champion.Anchor?.Contender,
            GroupsOf = data.Titles.GenresOf,
        };
        var gate = trial.Run(challenger, champion.Contender, champion.Missing, cancellationToken);
        gate = gate with { AnchorModelId = gate.NextAnchor(champion.Anchor?.ModelId ?? champion.ModelId) };
        if (IsFirst)
            gate = gate.ForFirstGeneration();
        run.Metric("evaluatedMembers", gate.Members);
        run.Metric("passedGate", gate.Promoted ? 1 : 0);
        Record("", gate.Challenger);
        Record("popularity ", gate.Popularity);
        Record("champion ", gate.Champion);
        foreach (var check in gate.Checks)
            await run.LogAsync($"gate: {(check.Passed ? "passed" : "FAILED")} {check.Name}: {check.Detail}", cancellationToken);
        if (gate.CalibratedOver is { } groups)
            await run.LogAsync($"gate: calibration is over {groups}", cancellationToken);
        if (champion.Anchor is { Contender: null } lost)
            await run.LogAsync($"gate: no anchor to compare with: {lost.Missing}", cancellationToken);
        if (gate.NoChampion is { } missing)
            await run.LogAsync($"gate: no champion to compare with: {missing}", cancellationToken);
        if (IsFirst && gate.Promoted)
            await run.LogAsync($"gate: {gate.Reason}", cancellationToken);
        return gate;
    }

    /// <summary>Publishes the model's lists.</summary>
    /// <returns>The generation that is served now.</returns>
    public async Task<long> PublishAsync(IRecommender model, long modelId, CancellationToken cancellationToken)
    {
        var publication = new PublicationRequest(
            run.Lease, modelId, data.Members, data.MayList,
            MemberLists.Build(model, data, run.Parameters.Get(TopK), Rerank(run.Parameters), cancellationToken))
        {
            ReasonAgainst = (member, content) => data.Masks.ReasonAgainst(member, content)?.ToString(),
            MayBeEmpty = data.HasNothingFor,
        };
        long generation = await publisher.PublishAsync(
            publication, (step, token) => run.StepAsync($"publishing: {step}", token), run.Progress, cancellationToken);
        run.Metric("generation", generation);
        run.Metric("lists", data.Members.Count);
        run.Metric("titlesGone", MemberLists.Gone(model, data).Count);
        return generation;
    }

    /// <summary>Publishes the lists of the champion, which stays: from what members have watched since.</summary>
    /// <param name="because">Why it stays.</param>
    public async Task<JobOutcome> KeepChampionAsync(string because, CancellationToken cancellationToken)
    {
        if (champion is not { ModelId: { } modelId, Contender: { } contender })
            return JobOutcome.Skipped($"{because}; readers keep the lists that they have");
        await run.LogAsync($"{because}; {contender.Name} stays and its lists are made anew", cancellationToken);
        await PublishAsync(contender.Model, modelId, cancellationToken);
        return JobOutcome.Done;
    }

    private void Record(string who, GateModel? model)
    {
        foreach (var metric in (Metric[])[Metrics.Ndcg, Metrics.Recall])
        {
            string measure = EvaluationResult.Measure(metric, PromotionGate.Cutoff);
            if (model is not null)
                run.Metric(who + measure, model.Metrics[measure].Mean);
        }
    }
}
