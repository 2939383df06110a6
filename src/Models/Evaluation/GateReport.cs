using System.Text.Json.Serialization;

namespace Pipeline.Models.Evaluation;

/// <summary>Why a challenger was promoted or not, with everything that was looked at.</summary>
/// <param name="Promoted">True where every check passed, and for a first generation.</param>
/// <param name="Reason">For people, with the figures: what it won by, or the first check that failed.</param>
/// <param name="Measure">What models are compared in, such as <c>ndcg@20</c>.</param>
/// <param name="Members">Frozen members who were asked; 0 where nobody could be.</param>
/// <param name="HeldOutShare">Share of all members, by <see cref="FrozenMembers.PlaceOf"/>, that the challenger was not trained on.</param>
/// <param name="Champion">The model now served; null where there is none that can be asked.</param>
/// <param name="NoChampion">Why there is none; null where there is one.</param>
/// <param name="Anchor">The last champion that won outright, where that is another than the champion and could be asked.</param>
/// <param name="AnchorModelId">Its id for the next night, if this challenger is promoted; null for the challenger itself.</param>
/// <param name="CalibratedOver">The kind of groups that calibration is measured over; null in reports of before it was told.</param>
public sealed record GateReport(
    bool Promoted,
    string Reason,
    string Measure,
    int Members,
    double HeldOutShare,
    GateRules Rules,
    GateModel? Challenger,
    GateModel? Champion,
    GateModel? Popularity,
    IReadOnlyList<GateCheck> Checks,
    string? NoChampion = null,
    string? CalibratedOver = null,
    GateModel? Anchor = null,
    long? AnchorModelId = null)
{
    /// <summary>
    /// The model of the registry that later challengers may not be worse than either, should this one be promoted: null for itself, where it
    /// won outright or there was none to compare with.
    /// </summary>
    /// <param name="held">The anchor of now.</param>
    public long? NextAnchor(long? held) =>
        (Checks.FirstOrDefault(check => check.Name == "anchor") ?? Checks.FirstOrDefault(check => check.Name == "champion"))?.Comparison is not { IsBetter: false } ? null : held;

    /// <summary>The report where nobody could be asked about a model that was trained on everybody.</summary>
    public static GateReport Unasked(string reason, GateRules rules) =>
        new(Promoted: false, reason, PromotionGate.Measure, Members: 0, HeldOutShare: 0, rules, null, null, null, []);

    /// <summary>Whether popularity did better on the members who were asked.</summary>
    [JsonIgnore]
    public bool IsBehindPopularity =>
        Challenger is { } challenger && Popularity is { } popularity && challenger.Metrics[Measure].Mean < popularity.Metrics[Measure].Mean;

    /// <summary>
    /// The report where nothing is served yet: any list is better for readers than none, so what the checks found is told and stops nobody.
    /// </summary>
    public GateReport ForFirstGeneration() =>
        Promoted ? this : this with { Promoted = true, Reason = $"first generation: published although {Reason}" };
}

/// <summary>A model as the gate measured it.</summary>
/// <param name="Name">What reports call it, such as <c>model 12</c>.</param>
/// <param name="Metrics">Means over the members with 95 % intervals, and measures of all lists together, whose interval is a point.</param>
public sealed record GateModel(
    string Name, string Algorithm, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, Interval> Metrics)
{
    /// <param name="seed">Of the intervals.</param>
    public static GateModel Of(string name, EvaluationResult result, IReadOnlyDictionary<string, string> settings, int seed)
    {
        ArgumentNullException.ThrowIfNull(result);
        var intervals = result.Intervals(seed);
        return new GateModel(name, result.Algorithm, settings, result.Means.ToDictionary(
            mean => mean.Key, mean => intervals.TryGetValue(mean.Key, out var interval) ? interval : new Interval(mean.Value, mean.Value, mean.Value)));
    }
}

/// <summary>One thing that the gate looked at.</summary>
/// <param name="Name">Such as <c>champion</c>, <c>popularity</c>, <c>slice new</c>, <c>coverage</c>.</param>
/// <param name="Detail">For people, with the figures and the bound.</param>
/// <param name="Comparison">The challenger against the other side; null for a floor.</param>
public sealed record GateCheck(string Name, bool Passed, string Detail, PairedComparison? Comparison = null);
