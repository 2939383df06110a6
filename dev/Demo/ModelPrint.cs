using System.Globalization;
using System.Text.Json;

namespace Pipeline.Demo;

/// <summary>Prints how the run's model came about: the table of candidates, why the winner won, and what the gate found.</summary>
internal static class ModelPrint
{
    private static readonly string[] Measures = ["ndcg@20", "recall@20", "map@20", "coverage@20", "novelty@20", "calibration@20"];

    /// <param name="run">What <c>run train-recommendations --json</c> printed.</param>
    public static async Task WriteAsync(JsonElement run, CancellationToken cancellationToken)
    {
        if (!run.GetProperty("metrics").TryGetProperty("model", out var id))
            return;
        string number = id.GetDouble().ToString("0", CultureInfo.InvariantCulture);
        var model = await Programs.RunForJsonAsync("Jobs", ["models", number], cancellationToken);
        var report = model.GetProperty("report");
        if (report.GetProperty("selection") is { ValueKind: JsonValueKind.Object } selection)
            WriteCandidates(selection);
        WriteGate(report.GetProperty("gate"), number);
    }

    private static void WriteCandidates(JsonElement selection)
    {
        Console.WriteLine($"\n    Candidates on {selection.GetProperty("members").GetInt32():N0} validation members, whom none of them was trained on");
        Console.WriteLine($"    {"",-16}{string.Concat(Measures.Select(measure => $"{measure,15}"))}{"trained, s",12}");
        foreach (var row in selection.GetProperty("rows").EnumerateArray())
        {
            string name = row.GetProperty("name").GetString()!;
            if (row.GetProperty("failure").GetString() is { } failure)
            {
                Console.WriteLine($"    {name,-16} {failure}");
                continue;
            }
            var metrics = row.GetProperty("metrics");
            string figures = string.Concat(Measures.Select(measure => $"{Text(metrics.GetProperty(measure).GetProperty("mean")),15}"));
            Console.WriteLine($"    {name,-16}{figures}{row.GetProperty("trainSeconds").GetDouble().ToString("F1", CultureInfo.InvariantCulture),12}");
        }
        Console.WriteLine($"    {selection.GetProperty("why").GetString()}");
    }

    private static void WriteGate(JsonElement gate, string number)
    {
        Console.WriteLine($"\n    The gate asked {gate.GetProperty("members").GetInt32():N0} other members");
        foreach (var check in gate.GetProperty("checks").EnumerateArray())
            Console.WriteLine($"    {(check.GetProperty("passed").GetBoolean() ? "passed" : "FAILED")}  {check.GetProperty("name").GetString(),-16} {check.GetProperty("detail").GetString()}");
        if (gate.GetProperty("noChampion").GetString() is { } missing)
            Console.WriteLine($"    no champion to compare with: {missing}");
        Console.WriteLine($"    model {number} is {(gate.GetProperty("promoted").GetBoolean() ? "promoted" : "not promoted")}");
    }

    private static string Text(JsonElement number) => number.GetDouble().ToString("F4", CultureInfo.InvariantCulture);
}
