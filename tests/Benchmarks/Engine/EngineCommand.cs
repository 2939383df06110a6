using System.CommandLine;
using System.Text.Json;

namespace Pipeline.Benchmarks.Engine;

/// <summary><c>engine</c>, and <c>engine-part</c>, which it starts.</summary>
internal static class EngineCommand
{
    public static Command Create()
    {
        var references = new Option<DirectoryInfo>("--references") { Description = "Folder of reference programs in C++; compiled with g++." };
        var data = new Option<string>("--data") { Description = "A ratings file, or 'generated'.", DefaultValueFactory = _ => "generated" };
        var rounds = new Option<int>("--rounds") { Description = "Rounds; ours and the references take turns in each.", DefaultValueFactory = _ => 3 };
        var growth = new Option<bool>("--growth") { Description = "Measure growth to 100 million interactions instead." };
        var work = new Option<DirectoryInfo>("--work")
        {
            Description = "Folder for data and programs, about 600 MB; kept.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "pipeline-engine")),
        };
        var results = new Option<DirectoryInfo>("--results") { Description = "Folder that the table is kept in, by processor. Without it, nothing is kept." };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("engine", "The recommender engine beside reference programs, on 20 million interactions.")
        {
            references, data, rounds, growth, work, results, json,
        };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var given = parse.GetRequiredValue(data) is var file && file != "generated" ? new FileInfo(file) : null;
            var benchmark = new EngineBenchmark(
                parse.GetRequiredValue(work).FullName, parse.GetValue(references)?.FullName, given, parse.GetRequiredValue(rounds));
            bool grow = parse.GetRequiredValue(growth);
            var table = grow ? await benchmark.GrowAsync(cancellationToken) : await benchmark.RunAsync(cancellationToken);
            if (parse.GetValue(results) is { } kept)
            {
                var folder = kept.CreateSubdirectory(Machine.Folder);
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, grow ? "growth.md" : "engine.md"), table.ToString(), cancellationToken);
            }
            Console.WriteLine(parse.GetRequiredValue(json) ? JsonSerializer.Serialize(table, Comparison.Json) : table.ToString());
            return 0;
        });
        return command;
    }

    public static Command CreatePart()
    {
        var part = new Argument<string>("part");
        var file = new Argument<string>("file");
        var rank = new Argument<int>("rank");
        var repetitions = new Argument<int>("repetitions");
        var output = new Argument<string>("output");
        var command = new Command("engine-part", "One measurement of engine, in a process of its own.") { part, file, rank, repetitions, output };
        command.Hidden = true;
        command.SetAction(parse => Console.WriteLine(EnginePart.Run(
            parse.GetRequiredValue(part), parse.GetRequiredValue(file), parse.GetRequiredValue(rank), parse.GetRequiredValue(repetitions), parse.GetRequiredValue(output))));
        return command;
    }
}
