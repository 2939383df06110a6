using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Models.Evaluation;

namespace Pipeline.Jobs.Reports;

/// <summary>An evaluation as one JSON document.</summary>
internal static class EvaluationJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static string Render(EvaluationReport report)
    {
        var split = report.Split;
        var document = new JsonObject
        {
            ["algorithm"] = report.Subject.Algorithm,
            ["name"] = report.Subject.Name,
            ["settings"] = Settings(report.Subject),
            ["protocol"] = split.Protocol,
            ["seed"] = report.Seed,
            ["data"] = new JsonObject
            {
                ["trainInteractions"] = split.Train.Count,
                ["trainUsers"] = split.Train.Users.Count,
                ["titles"] = split.Train.Contents.Count,
                ["evaluatedUsers"] = split.EvaluatedUsers,
                ["skippedUsers"] = split.SkippedUsers,
                ["targets"] = split.Targets.Count,
                ["knownTargets"] = split.KnownTargets,
                ["digest"] = split.Train.Digest,
            },
            ["metrics"] = Means(report.Subject),
            ["intervals"] = Intervals(report.Subject),
            ["baseline"] = new JsonObject { ["algorithm"] = report.Baseline.Algorithm, ["name"] = report.Baseline.Name, ["metrics"] = Means(report.Baseline) },
            ["difference"] = Difference(report.Headline, report.Compare(report.Baseline)),
            ["against"] = new JsonArray([.. report.Algorithms.Skip(1).Select(JsonNode (other) => Other(report, other))]),
            ["failed"] = new JsonArray([.. report.Failed.Select(JsonNode (failure) => new JsonObject { ["algorithm"] = failure.Algorithm, ["name"] = failure.Name, ["reason"] = failure.Reason })]),
            ["slices"] = new JsonArray([.. report.Slices.Select(JsonNode (slice) => Slice(report, slice))]),
            ["groups"] = new JsonArray([.. report.Groups.Names.Select(name => (JsonNode)name)]),
            ["definitions"] = new JsonObject(EvaluationReport.CutoffMetrics.Append(Metrics.Auc).Select(metric => KeyValuePair.Create(metric.Name, (JsonNode?)metric.Definition))),
            ["search"] = Search(report.Subject),
            ["seconds"] = new JsonObject { ["read"] = report.ReadSeconds, ["train"] = report.Subject.TrainSeconds, ["rank"] = report.Subject.RankSeconds },
        };
        return document.ToJsonString(Indented);
    }

    private static JsonObject Other(EvaluationReport report, MeasuredAlgorithm other) => new JsonObject
    {
        ["algorithm"] = other.Algorithm,
        ["name"] = other.Name,
        ["settings"] = Settings(other),
        ["metrics"] = Means(other),
        ["intervals"] = Intervals(other),
        ["difference"] = Difference(report.Headline, report.Compare(other)),
        ["search"] = Search(other),
        ["seconds"] = new JsonObject { ["train"] = other.TrainSeconds, ["rank"] = other.RankSeconds },
    };

    private static JsonObject Slice(EvaluationReport report, Slice slice)
    {
        var comparison = report.Compare(report.Baseline, slice);
        return new JsonObject
        {
            ["name"] = slice.Name,
            ["users"] = comparison.Users,
            ["mean"] = comparison.Challenger,
            ["baseline"] = comparison.Baseline,
            ["difference"] = Difference(report.Headline, comparison),
        };
    }

    private static JsonNode? Search(MeasuredAlgorithm algorithm) => JsonSerializer.SerializeToNode(algorithm.Search, Web);

    // Numbers as numbers, and what is no number as text.
    private static JsonObject Settings(MeasuredAlgorithm algorithm) => new(algorithm.Settings.Select(setting => KeyValuePair.Create(
        setting.Key,
        double.TryParse(setting.Value, System.Globalization.CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? (JsonNode?)number
            : setting.Value)));

    private static JsonObject Difference(string measure, PairedComparison comparison) => new()
    {
        ["metric"] = measure,
        ["mean"] = comparison.Difference,
        ["low95"] = comparison.DifferenceLow,
        ["high95"] = comparison.DifferenceHigh,
    };

    private static JsonObject Means(MeasuredAlgorithm algorithm) =>
        new(algorithm.Result.Means.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static JsonObject Intervals(MeasuredAlgorithm algorithm) => new(algorithm.Intervals.Select(entry => KeyValuePair.Create(
        entry.Key, (JsonNode?)new JsonObject { ["low95"] = entry.Value.Low, ["high95"] = entry.Value.High })));
}
