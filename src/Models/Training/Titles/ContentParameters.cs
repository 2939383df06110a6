namespace Pipeline.Models.Training.Titles;

/// <summary>Parameters of content-based recommendation.</summary>
public sealed record ContentParameters
{
    public double Genres { get; init; } = 1;

    public double Cast { get; init; } = 0.7;

    public double Tags { get; init; } = 0.7;

    public double Texts { get; init; } = 0.5;

    /// <summary>D: places that genres, names and words are hashed to.</summary>
    public int Dimensions { get; init; } = 1 << 16;

    internal TitleFeatureWeights Weights => new(Genres, Cast, Tags, Texts);

    internal static SettingTable<ContentParameters> Table { get; } = new(ContentModel.AlgorithmName, new ContentParameters(),
    [
        Weight("genres", p => p.Genres, (p, value) => p with { Genres = value }),
        Weight("cast", p => p.Cast, (p, value) => p with { Cast = value }),
        Weight("tags", p => p.Tags, (p, value) => p with { Tags = value }),
        Weight("texts", p => p.Texts, (p, value) => p with { Texts = value }),
        SettingEntry.Whole<ContentParameters>(
            "dimensions", "D: places that genres, names and words are hashed to", 16, 1 << 24,
            p => p.Dimensions, (p, value) => p with { Dimensions = (int)value }),
    ]);

    private static SettingEntry<ContentParameters> Weight(
        string name, Func<ContentParameters, double> get, Func<ContentParameters, double, ContentParameters> set) =>
        SettingEntry.Number(name, $"weight of {name}", 0, double.PositiveInfinity, get, set);
}
