using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Models.Evaluation;
using Pipeline.Models.Ranking;

namespace Pipeline.Jobs.Commands;

/// <summary>What <see cref="EvaluateCommand"/> found, for people and for machines.</summary>
internal sealed record EvaluateReport(
    EvaluationSplit Split,
    IRecommender Model,
    EvaluationResult Result,
    EvaluationResult Baseline,
    IReadOnlyList<int> Cutoffs,
    int Seed,
    double ReadSeconds,
    double TrainSeconds,
    double RankSeconds)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A Markdown table: measures down, cut-offs across, each with the baseline's in parentheses.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Model.Algorithm} under {Split.Protocol}: {Split.EvaluatedUsers:N0} members evaluated");
        text.AppendLine(CultureInfo.InvariantCulture, $", {Split.SkippedUsers:N0} without a history left out; in parentheses {Baseline.Algorithm}");
        if (Model.Settings.Count > 0)
            text.AppendJoin(' ', Model.Settings.Select(setting => $"{setting.Key}={setting.Value}")).AppendLine();
        text.AppendLine();
        text.Append("| measure |").AppendJoin("", Cutoffs.Select(k => $" @{k} |")).AppendLine();
        text.Append("|---|").AppendJoin("", Cutoffs.Select(_ => "---|")).AppendLine();
        foreach (var measure in Metrics.All.Select(metric => metric.Name).Append("coverage"))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {measure} |");
            foreach (var k in Cutoffs)
                text.Append(CultureInfo.InvariantCulture, $" {Result.Means[$"{measure}@{k}"]:F4} ({Baseline.Means[$"{measure}@{k}"]:F4}) |");
            text.AppendLine();
        }
        text.AppendLine();
        foreach (var metric in Metrics.All)
            text.AppendLine($"{metric.Name}: {metric.Definition}");
        text.AppendLine("coverage: share of the catalogue on any list");
        text.Append(CultureInfo.InvariantCulture, $"read {ReadSeconds:F1} s, trained {TrainSeconds:F1} s, ranked {RankSeconds:F1} s");
        return text.ToString();
    }

    public string ToJson()
    {
        var first = $"ndcg@{Cutoffs[0]}";
        var comparison = PairedComparison.Of(Result.PerUser(first), Baseline.PerUser(first), Seed);
        var settings = Model.Settings.Select(setting => KeyValuePair.Create(setting.Key, JsonNode.Parse(setting.Value)));
        var document = new JsonObject
        {
            ["algorithm"] = Model.Algorithm,
            ["settings"] = new JsonObject(settings),
            ["protocol"] = Split.Protocol,
            ["seed"] = Seed,
            ["data"] = new JsonObject
            {
                ["trainInteractions"] = Split.Train.Count,
                ["trainUsers"] = Split.Train.Users.Count,
                ["titles"] = Split.Train.Contents.Count,
                ["evaluatedUsers"] = Split.EvaluatedUsers,
                ["skippedUsers"] = Split.SkippedUsers,
                ["targets"] = Split.Targets.Count,
                ["digest"] = Split.Train.Digest,
            },
            ["metrics"] = Means(Result),
            ["baseline"] = new JsonObject { ["algorithm"] = Baseline.Algorithm, ["metrics"] = Means(Baseline) },
            ["difference"] = new JsonObject
            {
                ["metric"] = first,
                ["mean"] = comparison.Challenger - comparison.Baseline,
                ["low95"] = comparison.DifferenceLow,
                ["high95"] = comparison.DifferenceHigh,
            },
            ["definitions"] = new JsonObject(Metrics.All.Select(metric => KeyValuePair.Create(metric.Name, (JsonNode?)metric.Definition))),
            ["seconds"] = new JsonObject { ["read"] = ReadSeconds, ["train"] = TrainSeconds, ["rank"] = RankSeconds },
        };
        return document.ToJsonString(Indented);
    }

    private static JsonObject Means(EvaluationResult result) =>
        new(result.Means.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
}
