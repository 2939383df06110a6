using System.Text.Json.Serialization;

namespace Pipeline.Models.Evaluation;

/// <summary>The table of candidates: what was tried, how it did on the validation members, and why the winner won.</summary>
/// <param name="Measure">What candidates are picked by.</param>
/// <param name="Members">Validation members; none of them is asked by the gate, and no candidate was trained on them.</param>
/// <param name="Rows">Best first; what could not be trained, last.</param>
/// <param name="Winner">Name of a row.</param>
/// <param name="Why">For people, with the figures.</param>
/// <param name="CalibratedOver">The kind of groups that calibration is measured over; null in reports of before it was told.</param>
public sealed record SelectionReport(string Measure, int Members, IReadOnlyList<CandidateRow> Rows, string Winner, string Why, string? CalibratedOver = null);

/// <summary>One candidate.</summary>
/// <param name="Settings">As trained, also where a value was chosen from the data.</param>
/// <param name="Metrics">Means over the validation members with 95 % intervals; empty where the candidate could not be trained.</param>
/// <param name="Difference">The winner less this one, member by member; null for the winner and where there is nothing to compare.</param>
/// <param name="Failure">Why it could not be trained.</param>
public sealed record CandidateRow(
    string Name,
    string Algorithm,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyDictionary<string, Interval> Metrics,
    double TrainSeconds,
    PairedComparison? Difference = null,
    string? Failure = null)
{
    /// <summary>The mean of a measure; NaN where it was not measured.</summary>
    public double Mean(string measure) => Metrics.TryGetValue(measure, out var interval) ? interval.Mean : double.NaN;

    [JsonIgnore]
    internal EvaluationResult? Result { get; init; }
}
