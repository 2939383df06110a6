using Pipeline.Models.Training.Blending;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>Parameters of the second stage that ranks with trees.</summary>
public sealed record RankerParameters : StageParameters
{
    public TreeEngine Engine { get; init; } = TreeEngine.LightGbm;

    public int Trees { get; init; } = 100;

    public int Leaves { get; init; } = 15;

    public double LearningRate { get; init; } = 0.05;

    /// <summary>Fewest candidates of a leaf.</summary>
    public int MinLeaf { get; init; } = 50;

    internal static SettingTable<RankerParameters> Table { get; } = new(RankerModel.AlgorithmName, new RankerParameters(),
    [
        .. Entries<RankerParameters>(),
        SettingEntry.Choice<RankerParameters, TreeEngine>("engine", "who grows the trees", p => p.Engine, (p, value) => p with { Engine = value }),
        SettingEntry.Whole<RankerParameters>("trees", "number of trees", 1, 10_000, p => p.Trees, (p, value) => p with { Trees = (int)value }),
        SettingEntry.Whole<RankerParameters>("leaves", "most leaves of a tree", 2, 1024, p => p.Leaves, (p, value) => p with { Leaves = (int)value }),
        SettingEntry.Number<RankerParameters>(
            "rate", "how much of each tree is added", 0, 1, p => p.LearningRate, (p, value) => p with { LearningRate = value }, exclusive: true),
        SettingEntry.Whole<RankerParameters>("min-leaf", "fewest candidates of a leaf", 1, 1_000_000, p => p.MinLeaf, (p, value) => p with { MinLeaf = (int)value }),
    ]);
}
