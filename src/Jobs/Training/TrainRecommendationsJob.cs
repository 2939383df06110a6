using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Rights;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Titles;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Titles;
using static Pipeline.Jobs.Training.TrainingParameters;

namespace Pipeline.Jobs.Training;

/// <summary>
/// Learns from the events: trains a table of candidates, picks one on validation members, asks the gate whether it may take the place of the
/// model that is served, registers it with all that was found, and publishes a list for every active member: by the new model where it was
/// promoted, else by the one that stays. Where nothing is served yet the best model there is makes the first generation, be it popularity.
/// Where it is told not to publish, it ends with the registration.
/// </summary>
public sealed class TrainRecommendationsJob(
    IEventStore events, TitleStore titles, RightsReader rights, ModelStore registry, Publisher publisher, JobsSettings settings, TimeProvider clock) : IJob
{
    public const string JobName = "train-recommendations";

    /// <summary>Of the ridge regression that places new titles.</summary>
    private const double NewTitleRegularization = 0.1;

    /// <summary>Fewer places than the content model hashes to: the regression solves equations of their number.</summary>
    private static readonly ContentParameters NewTitleOptions = new() { Dimensions = 2_048 };

    public string Name => JobName;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var data = await TrainingData.ReadAsync(events, titles, rights, run, cancellationToken);
        if (data.Interactions.Count == 0)
            return await NothingToLearnAsync(run, cancellationToken);
        double share = data.Histories.HeldOutShareOf(run);
        EvaluationSplit split;
        try
        {
            split = FrozenMembers.Split(data.Features, 0, share);
        }
        catch (EvaluationException problem)
        {
            return await WithoutJudgementAsync(run, data, $"no model can be judged: {problem.Message}", cancellationToken);
        }

        var candidates = TrainingCandidates.Of(run.Parameters, data.Titles);
        var (winner, selection) = await SelectAsync(run, data, candidates, share, cancellationToken);

        await run.StepAsync($"training {winner.Name} on all but the members set aside", cancellationToken);
        var (model, seconds) = Train(run, winner.Trainer, split.Train, cancellationToken);
        model = await AddNewTitlesAsync(run, data, model, split.Train, cancellationToken);

        var champion = await RegistryModel.ServedAsync(registry, cancellationToken);
        var promotion = new Promotion(run, data, champion, publisher);
        var gate = await promotion.AskAsync(new GateContender(winner.Name, model, share), cancellationToken);
        if (promotion.IsFirst && gate.IsBehindPopularity)
        {
            await run.LogAsync($"{winner.Name} is behind popularity, which makes the first generation instead", cancellationToken);
            model = PopularityModel.Train(split.Train);
            gate = await promotion.AskAsync(new GateContender(PopularityModel.AlgorithmName, model, share), cancellationToken);
        }
        long modelId = await RegisterAsync(run, data, split.Train, model, seconds, new TrainingReport(selection, gate), cancellationToken);
        if (!Publishing.IsWanted(run.Parameters))
            return await Registration.EndAsync(run, modelId, gate, cancellationToken);
        run.Metric("promoted", gate.Promoted ? 1 : 0);
        if (!gate.Promoted)
            return await promotion.KeepChampionAsync($"model {modelId} is registered and not published: {gate.Reason}", cancellationToken);

        await promotion.PublishAsync(model, modelId, cancellationToken);
        return JobOutcome.Done;
    }

    private async Task<JobOutcome> NothingToLearnAsync(JobRun run, CancellationToken cancellationToken)
    {
        string because = await MemberHistories.NothingAsync(events, run, cancellationToken);
        return (await RegistryModel.ServedAsync(registry, cancellationToken)).ModelId is null
            ? JobOutcome.Failed($"nothing can be recommended and nothing is served: {because}")
            : JobOutcome.Skipped(because);
    }

    /// <summary>With too few members to ask anybody, popularity makes the first generation; afterwards what is served stays.</summary>
    private async Task<JobOutcome> WithoutJudgementAsync(JobRun run, TrainingData data, string because, CancellationToken cancellationToken)
    {
        var promotion = new Promotion(run, data, await RegistryModel.ServedAsync(registry, cancellationToken), publisher);
        if (!promotion.IsFirst)
            return JobOutcome.Skipped(because);
        var gate = GateReport.Unasked(because, Rules(run.Parameters)).ForFirstGeneration();
        await run.LogAsync($"gate: {gate.Reason}", cancellationToken);
        var model = PopularityModel.Train(data.Interactions);
        long modelId = await RegisterAsync(run, data, data.Interactions, model, 0, new TrainingReport(null, gate), cancellationToken);
        if (!Publishing.IsWanted(run.Parameters))
            return await Registration.EndAsync(run, modelId, gate, cancellationToken);
        await promotion.PublishAsync(model, modelId, cancellationToken);
        return JobOutcome.Done;
    }

    /// <returns>Without a report where there are too few members to choose by.</returns>
    private async Task<(ModelCandidate Winner, SelectionReport? Report)> SelectAsync(
        JobRun run, TrainingData data, IReadOnlyList<ModelCandidate> candidates, double share, CancellationToken cancellationToken)
    {
        try
        {
            // Other members than the gate asks, and none of them trained on.
            var validation = FrozenMembers.Split(data.Features, share, 2 * share);
            candidates = await new CandidateSearch(run, validation, data.Titles, settings.Artifacts, clock).ExtendAsync(candidates, cancellationToken);
            await run.StepAsync($"training {candidates.Count} candidates", cancellationToken);
            var report = new ModelSelection(validation, run.Parameters.Get(Seed), ComputeOptions.Default, clock, data.Titles.GenresOf(validation.Train.Contents))
                .Run(candidates, (_, done) => run.Progress(done), cancellationToken);
            foreach (var row in report.Rows)
                await run.LogAsync($"candidate {row.Name}: {row.Failure ?? Describe(report, row)}", cancellationToken);
            await run.LogAsync(report.Why, cancellationToken);
            return (candidates.First(candidate => candidate.Name == report.Winner), report);
        }
        catch (EvaluationException problem)
        {
            await run.LogAsync($"{candidates[0].Name} is taken without a choice: {problem.Message}", cancellationToken);
            return (candidates[0], null);
        }
    }

    private static string Describe(SelectionReport report, CandidateRow row) =>
        FormattableString.Invariant($"{report.Measure} {row.Mean(report.Measure):F4}, {row.TrainSeconds:F1} s")
        + (row.Settings.TryGetValue("models", out string? models) ? $", of {models}" : "");

    private (IRecommender Model, double Seconds) Train(JobRun run, ITrainer trainer, InteractionMatrix interactions, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        double loss = double.NaN;
        var model = trainer.Train(interactions, ComputeOptions.Default, iteration => loss = iteration.Loss, cancellationToken);
        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        run.Metric("trainingSeconds", seconds);
        // Algorithms without iterations report none.
        if (!double.IsNaN(loss))
            run.Metric("loss", loss);
        if (model is ImplicitAlsModel als)
            run.Metric("lambda", als.Parameters.Regularization);
        return (model, seconds);
    }

    /// <summary>The model with titles that nobody has watched yet, placed by what they are; the gate asks it about the others alone.</summary>
    private static async Task<IRecommender> AddNewTitlesAsync(
        JobRun run, TrainingData data, IRecommender model, InteractionMatrix interactions, CancellationToken cancellationToken)
    {
        if (data.NewTitles.Count == 0)
            return model;
        if (model is not ImplicitAlsModel als)
        {
            await run.LogAsync($"{data.NewTitles.Count} new titles wait until somebody watches them: {model.Algorithm} cannot place them, ials can", cancellationToken);
            return model;
        }
        await run.StepAsync($"placing {data.NewTitles.Count} new titles", cancellationToken);
        return NewTitles.Add(als, interactions, data.NewTitles.Order(), data.Titles, NewTitleOptions, NewTitleRegularization, ComputeOptions.Default, cancellationToken);
    }

    private Task<long> RegisterAsync(
        JobRun run, TrainingData data, InteractionMatrix interactions, IRecommender model, double seconds, TrainingReport report, CancellationToken cancellationToken) =>
        new Registration(run, data, registry, settings.Artifacts).AddAsync(
            new TrainedModel(model, interactions.Digest, seconds, report), cancellationToken);
}
