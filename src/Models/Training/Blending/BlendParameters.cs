namespace Pipeline.Models.Training.Blending;

/// <summary>Parameters of a linear blend.</summary>
public sealed record BlendParameters : StageParameters
{
    /// <summary>k: weights maximise nDCG@k of the held-out titles.</summary>
    public int Cutoff { get; init; } = 20;

    internal static SettingTable<BlendParameters> Table { get; } = new(BlendModel.AlgorithmName, new BlendParameters(),
    [
        .. Entries<BlendParameters>(),
        SettingEntry.Whole<BlendParameters>(
            "cutoff", "k: weights maximise nDCG@k", 1, 10_000, p => p.Cutoff, (p, value) => p with { Cutoff = (int)value }),
    ]);
}
