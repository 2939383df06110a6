using System.Text.Json;

namespace Pipeline.Dashboard.Pages;

/// <summary>A measured value with its 95 % interval.</summary>
public readonly record struct Measured(double Mean, double Low, double High);

/// <summary>One thing that the gate looked at.</summary>
public sealed record GateCheck(string Name, bool Passed, string Detail);

/// <summary>One model that was tried for the place.</summary>
/// <param name="Measured">In the report's measure; null where it could not be trained.</param>
public sealed record CandidateLine(string Name, Measured? Measured, double TrainSeconds, string? Failure);

/// <summary>How a model came about, as the registry's report has it: what the gate looked at, and what the model was picked from.</summary>
/// <param name="Measure">What candidates are compared in.</param>
public sealed record ModelReport(
    bool Promoted, string Reason, string Measure, IReadOnlyList<GateCheck> Checks, IReadOnlyList<CandidateLine> Candidates, string? Why,
    IReadOnlyDictionary<string, Measured> Metrics)
{
    /// <summary>Null for a text that is no such report: another version of the program has written it.</summary>
    public static ModelReport? Read(string? json)
    {
        if (json is null)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var gate = document.RootElement.GetProperty("gate");
            var selection = document.RootElement.TryGetProperty("selection", out var found) && found.ValueKind == JsonValueKind.Object ? found : (JsonElement?)null;
            string measure = (selection ?? gate).GetProperty("measure").GetString()!;
            return new ModelReport(
                gate.GetProperty("promoted").GetBoolean(), gate.GetProperty("reason").GetString()!, measure,
                [.. gate.GetProperty("checks").EnumerateArray().Select(check =>
                    new GateCheck(check.GetProperty("name").GetString()!, check.GetProperty("passed").GetBoolean(), check.GetProperty("detail").GetString()!))],
                selection is { } table ? [.. table.GetProperty("rows").EnumerateArray().Select(row => Candidate(row, measure))] : [],
                selection?.GetProperty("why").GetString(),
                gate.GetProperty("challenger") is { ValueKind: JsonValueKind.Object } challenger ? Intervals(challenger.GetProperty("metrics")) : new Dictionary<string, Measured>());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static CandidateLine Candidate(JsonElement row, string measure) => new(
        row.GetProperty("name").GetString()!,
        Intervals(row.GetProperty("metrics")).TryGetValue(measure, out var measured) ? measured : null,
        row.GetProperty("trainSeconds").GetDouble(), row.GetProperty("failure").GetString());

    private static Dictionary<string, Measured> Intervals(JsonElement metrics) => metrics.EnumerateObject().ToDictionary(
        metric => metric.Name,
        metric => new Measured(metric.Value.GetProperty("mean").GetDouble(), metric.Value.GetProperty("low").GetDouble(), metric.Value.GetProperty("high").GetDouble()),
        StringComparer.Ordinal);
}
