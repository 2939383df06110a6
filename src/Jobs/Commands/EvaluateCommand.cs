using System.CommandLine;
using System.Globalization;
using Pipeline.Jobs.Runs;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Features;
using Pipeline.Models.Ranking;
using Pipeline.Models.Training;

namespace Pipeline.Jobs.Commands;

/// <summary>
/// <c>evaluate</c>: measures an algorithm, and popularity beside it, on ratings that are split here or on a split that is given.
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
        var algorithm = new Option<string>("--algorithm")
        {
            Description = string.Join(", ", Trainers.Algorithms) + ".",
            DefaultValueFactory = _ => ImplicitAlsModel.AlgorithmName,
        };
        var set = new Option<string[]>("--set") { Description = "A setting of the algorithm, key=value.", DefaultValueFactory = _ => [] };
        var cutoffs = new Option<string>("--k") { Description = "List lengths to report.", DefaultValueFactory = _ => "10,20,50,100" };
        var minValue = new Option<double?>("--min-value") { Description = "Leave out rows with a smaller value." };
        var seed = new Option<int>("--seed") { Description = "Draws the members held out, and the intervals.", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("evaluate", "Measure an algorithm on a ratings file, with popularity beside it.")
        {
            ratings, protocol, train, test, foldIn, algorithm, set, cutoffs, minValue, seed, json,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            new EvaluateRequest(
                result.GetValue(ratings),
                result.GetValue(protocol),
                result.GetValue(train),
                result.GetValue(test),
                result.GetValue(foldIn),
                result.GetValue(algorithm)!,
                result.GetValue(set)!,
                result.GetValue(cutoffs)!,
                result.GetValue(minValue),
                result.GetValue(seed)),
            result.GetValue(json),
            cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(EvaluateRequest request, bool json, CancellationToken cancellationToken) => ExitStatus.OfAsync(async () =>
    {
        try
        {
            // On a worker thread, so that an interrupt is heard while the processors are busy.
            var report = await Task.Run(() => Evaluate(request, TimeProvider.System, cancellationToken), cancellationToken);
            await Console.Out.WriteLineAsync(json ? report.ToJson() : report.ToTable());
            return ExitStatus.Done;
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

    private static EvaluateReport Evaluate(EvaluateRequest request, TimeProvider clock, CancellationToken cancellationToken)
    {
        request.Validate();
        var trainer = Trainers.Create(request.Algorithm, request.ParseSettings());
        var cutoffs = request.ParseCutoffs();
        var started = clock.GetTimestamp();
        var split = Split(request);
        var readSeconds = clock.GetElapsedTime(started).TotalSeconds;
        Progress($"training on {split.Train.Count:N0} interactions of {split.Train.Users.Count:N0} members, {split.Train.Contents.Count:N0} titles");

        started = clock.GetTimestamp();
        var compute = ComputeOptions.Default;
        var model = trainer.Train(
            split.Train, compute, iteration => Progress($"iteration {iteration.Number}: loss {iteration.Loss:G7}"), cancellationToken);
        var trainSeconds = clock.GetElapsedTime(started).TotalSeconds;
        started = clock.GetTimestamp();
        var result = Evaluator.Evaluate(model, split, cutoffs, compute, cancellationToken);
        Progress($"ranked the whole catalogue for {split.EvaluatedUsers:N0} members");
        var rankSeconds = clock.GetElapsedTime(started).TotalSeconds;
        var baseline = Evaluator.Evaluate(PopularityModel.Train(split.Train), split, cutoffs, compute, cancellationToken);
        return new EvaluateReport(split, model, result, baseline, cutoffs, request.Seed, readSeconds, trainSeconds, rankSeconds);
    }

    private static EvaluationSplit Split(EvaluateRequest request)
    {
        var reader = new RatingReader(new TokenIds(), new TokenIds());
        if (request.Ratings is null)
            return GivenSplit.Create(Read(request.Train!), Read(request.Test!), request.FoldIn is null ? null : Read(request.FoldIn));
        var table = Read(request.Ratings);
        var data = InteractionMatrix.FromColumns(table.Users, table.Items, [], table.Times);
        return Protocols.Split(request.Protocol!, data, request.Seed);

        RatingTable Read(FileInfo file)
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var rows = reader.Read(stream, file.Name);
            return request.MinValue is { } value ? rows.AtLeast(value) : rows;
        }
    }

    private static void Progress(FormattableString text) => Console.Error.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
