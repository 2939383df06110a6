using System.CommandLine;
using System.Globalization;
using Pipeline.Jobs.Reports;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Jobs.Commands;

/// <summary>
/// <c>evaluate</c>: measures an algorithm, and others beside it, on ratings that are split here or on a split that is given.
/// </summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var ratings = new Option<FileInfo>("--ratings") { Description = "Interactions to split: user, item[, value[, time]]." };
        var protocol = new Option<string>("--protocol") { Description = $"How to split --ratings: {string.Join(", ", Protocols.Names)}." };
        var train = new Option<FileInfo>("--train") { Description = "The training part of a given split." };
        var test = new Option<FileInfo>("--test") { Description = "The test part of a given split." };
        var foldIn = new Option<FileInfo>("--fold-in") { Description = "What test members have, where they are not in the training part." };
        var members = new Option<FileInfo>("--members") { Description = "Attributes of members to slice by: a header such as user,region,device." };
        var titles = new Option<FileInfo>("--titles") { Description = "Names of titles and labels to calibrate by: id first, labels separated by '|' last (MovieLens movies.csv, movies.dat, u.item)." };
        var algorithm = new Option<string[]>("--algorithm")
        {
            Description = $"{string.Join(", ", Trainers.Algorithms)}; several, or separated by commas, are compared with the first. NAME=ALGORITHM gives it a name, to have one with several settings.",
            DefaultValueFactory = _ => [ImplicitAlsModel.AlgorithmName],
        };
        var against = new Option<string>("--against")
        {
            Description = "Algorithms beside them, separated by commas.",
            DefaultValueFactory = _ => PopularityModel.AlgorithmName,
        };
        var set = new Option<string[]>("--set")
        {
            Description = "A setting of the algorithm, key=value; of another one, NAME.key=value.",
            DefaultValueFactory = _ => [],
        };
        var cutoffs = new Option<string>("--k") { Description = "List lengths to report.", DefaultValueFactory = _ => "10,20,50,100" };
        var minValue = new Option<double?>("--min-value") { Description = "Leave out rows with a smaller value." };
        var values = new Option<string>("--values")
        {
            Description = $"What the third column is to training: {EvaluateRequest.ValuesIgnored} it, or {EvaluateRequest.ValuesGiven}: confidence, plays or ratings, as the algorithm takes them.",
            DefaultValueFactory = _ => EvaluateRequest.ValuesIgnored,
        };
        var diversity = new Option<double>("--diversity") { Description = "Cost of a title that is like one of the list (maximal marginal relevance), 0 to 10." };
        var calibration = new Option<double>("--calibration") { Description = "Cost of leaving the kinds of titles that the member watches, 0 to 10." };
        var search = new Option<int?>("--search") { Description = $"Search so many settings of each algorithm on a validation part first: {string.Join(", ", SearchSpace.Algorithms)}." };
        var budget = new Option<string>("--budget") { Description = "Most time for the search, such as 90s, 10m or 2h." };
        var resume = new Option<FileInfo>("--resume") { Description = "Keep what the search measures in this file, and go on from what is there." };
        var seed = new Option<int>("--seed") { Description = "Draws the members held out, and the intervals.", DefaultValueFactory = _ => 1 };
        var report = new Option<FileInfo>("--report") { Description = "Write a page with pictures to this file." };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("evaluate", "Measure an algorithm on a ratings file, with others beside it.")
        {
            ratings, protocol, train, test, foldIn, members, titles, algorithm, against, set, cutoffs, minValue, values, diversity, calibration, search, budget, resume, seed, report, json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            () => new EvaluateRequest
            {
                Ratings = result.GetValue(ratings),
                Protocol = result.GetValue(protocol),
                Train = result.GetValue(train),
                Test = result.GetValue(test),
                FoldIn = result.GetValue(foldIn),
                Members = result.GetValue(members),
                Titles = result.GetValue(titles),
                Asked = result.GetValue(algorithm)!,
                Against = result.GetValue(against)!,
                Settings = result.GetValue(set)!,
                Cutoffs = result.GetValue(cutoffs)!,
                MinValue = result.GetValue(minValue),
                Rerank = new RerankOptions { Diversity = result.GetValue(diversity), Calibration = result.GetValue(calibration) },
                Search = result.GetValue(search),
                Budget = EvaluateRequest.ParseBudget(result.GetValue(budget)),
                Resume = result.GetValue(resume),
                Seed = result.GetValue(seed),
                Report = result.GetValue(report),
                Values = result.GetValue(values)!,
            },
            result.GetValue(json),
            cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Func<EvaluateRequest> read, bool json, CancellationToken cancellationToken) => ExitStatus.OfAsync(async () =>
    {
        try
        {
            var request = read();
            // On a worker thread, so that an interrupt is heard while the processors are busy.
            var report = await Task.Run(() => Evaluate(request, TimeProvider.System, cancellationToken), cancellationToken);
            await Console.Out.WriteLineAsync(json ? EvaluationJson.Render(report) : EvaluationTable.Render(report));
            if (request.Report is { } page)
                await File.WriteAllTextAsync(page.FullName, EvaluationPage.Render(report), cancellationToken);
            return report.Failed.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
        }
        catch (AlgorithmSettingException problem)
        {
            throw new UsageException(problem.Message);
        }
        catch (Exception problem) when (problem is RatingFormatException or EvaluationException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitStatus.Failed;
        }
    });

    private static EvaluationReport Evaluate(EvaluateRequest request, TimeProvider clock, CancellationToken cancellationToken)
    {
        request.Validate();
        // What was asked for is checked before anything is read.
        foreach (var asked in request.Algorithms)
            Trainers.Create(asked.Algorithm, request.SettingsOf(asked));
        var cutoffs = request.ParseCutoffs();
        var started = clock.GetTimestamp();
        var data = EvaluateData.Read(request);
        var readSeconds = clock.GetElapsedTime(started).TotalSeconds;
        var train = data.Split.Train;
        if (data.Split.KnownTargets > 0)
            Progress($"{data.Split.KnownTargets:N0} titles to find were in their members' histories as well, and are left out");
        Progress($"training on {train.Count:N0} interactions of {train.Users.Count:N0} members, {train.Contents.Count:N0} titles");
        var search = new EvaluateSearch(request, data, cutoffs[0], clock);
        var (measured, failed) = (new List<MeasuredAlgorithm>(), new List<FailedAlgorithm>());
        foreach (var asked in request.Algorithms)
        {
            try
            {
                var found = search.Run(asked, cancellationToken);
                var trainer = Trainers.Create(asked.Algorithm, found?.Settings ?? request.SettingsOf(asked), data.Titles);
                measured.Add(Measure(asked.Name, trainer, request, data, cutoffs, clock, cancellationToken) with { Search = found });
            }
            // What one algorithm cannot do with this data is no reason to lose what others have done.
            catch (Exception problem) when (problem is EvaluationException || TrainingFailures.IsOfAlgorithm(problem))
            {
                failed.Add(new FailedAlgorithm(asked.Name, asked.Algorithm, problem.Message));
                Progress($"{asked.Name} failed: {problem.Message}");
            }
        }
        return measured.Count > 0
            ? new EvaluationReport(data.Split, data.Slices, data.Groups, measured, cutoffs, request.Seed, readSeconds) { Failed = failed }
            : throw new EvaluationException($"nothing could be measured: {string.Join("; ", failed.Select(failure => $"{failure.Name}: {failure.Reason}"))}");
    }

    private static MeasuredAlgorithm Measure(
        string name, ITrainer trainer, EvaluateRequest request, EvaluateData data, IReadOnlyList<int> cutoffs, TimeProvider clock, CancellationToken cancellationToken)
    {
        var compute = ComputeOptions.Default;
        var started = clock.GetTimestamp();
        var model = trainer.Train(
            data.Split.Train,
            compute,
            iteration => Progress(iteration.Of is { } steps
                ? $"{name} step {iteration.Number} of {steps}"
                : (FormattableString)$"{name} iteration {iteration.Number}: loss {iteration.Loss:G7}"),
            cancellationToken);
        var trainSeconds = clock.GetElapsedTime(started).TotalSeconds;
        var ranker = request.Rerank.IsNone ? model : new RerankedRecommender(model, data.Split.Train, request.Rerank, data.Groups);
        started = clock.GetTimestamp();
        // Reranked lists have an end, so there is no whole ranking to take an area under; and they are chosen for their length, each anew.
        var result = request.Rerank.IsNone
            ? Evaluator.Evaluate(ranker, data.Split, cutoffs, data.Lists, wholeRankings: true, compute, cancellationToken)
            : EvaluationResult.Of(cutoffs.Select(k => Evaluator.Evaluate(ranker, data.Split, [k], data.Lists, wholeRankings: false, compute, cancellationToken)).ToList());
        var rankSeconds = clock.GetElapsedTime(started).TotalSeconds;
        Progress($"{name} ranked the whole catalogue for {data.Split.EvaluatedUsers:N0} members");
        return new MeasuredAlgorithm(name, model.Algorithm, model.Settings, result, result.Intervals(request.Seed), trainSeconds, rankSeconds);
    }

    private static void Progress(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
