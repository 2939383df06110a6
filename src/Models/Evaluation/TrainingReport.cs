using System.Text.Json;

namespace Pipeline.Models.Evaluation;

/// <summary>How a model of the registry came about.</summary>
/// <param name="Selection">The candidates that it was picked from.</param>
public sealed record TrainingReport(SelectionReport? Selection, GateReport Gate)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>As the registry keeps it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="JsonException">The text is no such report.</exception>
    public static TrainingReport FromJson(string json) =>
        JsonSerializer.Deserialize<TrainingReport>(json, Json) ?? throw new JsonException("A training report is an object.");
}
