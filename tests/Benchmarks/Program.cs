using System.CommandLine;
using System.Text.Json;
using Pipeline.Benchmarks;
using Pipeline.Benchmarks.Engine;
using Pipeline.Models.Kernels;
using Pipeline.Servers;

if (!VectorWidths.TryForce(Environment.GetEnvironmentVariable(Pipeline.Jobs.JobsSettings.VectorWidthVariable)))
    throw new ArgumentException($"{Pipeline.Jobs.JobsSettings.VectorWidthVariable} must be 32, 128, 256 or 512");

var what = new Argument<string>("what") { Description = "ingest, publication, cache, dashboard or jobs.", Arity = ArgumentArity.ExactlyOne };
what.AcceptOnlyFromAmong("ingest", "publication", "cache", "dashboard", "jobs");
var rounds = new Option<int>("--rounds") { Description = "Rounds; ours and the floors take turns in each.", DefaultValueFactory = _ => 5 };
var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
var root = new RootCommand("Our rates as ratios against the bare client or server in the same run, on real servers of its own.")
{
    what, rounds, json, EngineCommand.Create(), EngineCommand.CreatePart(),
};
root.SetAction(async (parse, cancellationToken) =>
{
    int count = parse.GetRequiredValue(rounds);
    IReadOnlyList<Comparison> comparisons = parse.GetRequiredValue(what) switch
    {
        "ingest" => [await IngestBenchmark.RunAsync(count, cancellationToken)],
        "publication" => [await PublicationBenchmark.RunAsync(count, cancellationToken)],
        "dashboard" => [await DashboardBenchmark.RunAsync(count, cancellationToken)],
        "jobs" => await JobBenchmark.RunAsync(count, cancellationToken),
        _ => [await CacheBenchmark.RunAsync(cancellationToken)],
    };
    // One is a document by itself, as it always was; several are a list.
    Console.WriteLine(
        !parse.GetRequiredValue(json) ? string.Join('\n', comparisons)
        : comparisons.Count == 1 ? JsonSerializer.Serialize(comparisons[0], Comparison.Json) : JsonSerializer.Serialize(comparisons, Comparison.Json));
    return 0;
});
int status = await root.Parse(args).InvokeAsync();
await TestServers.EndAsync();
return status;
