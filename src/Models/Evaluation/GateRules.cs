namespace Pipeline.Models.Evaluation;

/// <summary>What a challenger must not fall short of.</summary>
public sealed record GateRules
{
    public static GateRules Default { get; } = new();

    /// <summary>
    /// Largest loss against the champion that counts as none, as a share of the champion's mean. A challenger that is worse by so much is
    /// let through in at most <see cref="PromotionGate.FalsePromotionRate"/> of all cases, one that is worse by more in fewer.
    /// </summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>The same for each slice of the members; wider, since a slice has fewer of them.</summary>
    public double SliceMargin { get; init; } = 0.1;

    /// <summary>Least share of the catalogue on the lists of the members who are asked.</summary>
    public double MinCoverage { get; init; } = 0.05;

    /// <summary>Greatest mean divergence of lists from histories, nats (<see cref="ListMetrics.Calibration"/>).</summary>
    public double MaxCalibration { get; init; } = 1.5;
}
