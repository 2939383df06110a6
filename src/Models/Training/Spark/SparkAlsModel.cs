using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Training.Descent;

namespace Pipeline.Models.Training.Spark;

/// <summary>
/// Titles' factors that Spark MLlib's ALS has learned. Members' factors are not taken over: each is solved from the history, by the equation
/// that Spark solves it by, so members whom Spark never saw have one too.
/// </summary>
public sealed class SparkAlsModel : FactorModel
{
    public const string AlgorithmName = "spark-als";

    private readonly SparkAlsParameters parameters;

    private SparkAlsModel(SparkAlsParameters parameters, IdIndex contents, FactorMatrix items)
        : base(contents, items) => this.parameters = parameters;

    public override string Algorithm => AlgorithmName;

    public override IReadOnlyDictionary<string, string> Settings => SparkAlsParameters.Table.Write(parameters);

    /// <param name="contents">Content ids, each once, in any order.</param>
    /// <param name="features">Shape [contents, rank].</param>
    /// <exception cref="AlgorithmSettingException">A parameter is out of range; the message says what it may be.</exception>
    /// <exception cref="ArgumentException">The columns do not fit, or an id is there twice.</exception>
    public static SparkAlsModel Of(SparkAlsParameters parameters, ReadOnlySpan<long> contents, ReadOnlySpan<float> features)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        SparkAlsParameters.Table.Read(SparkAlsParameters.Table.Write(parameters));
        var index = IdIndex.Of(contents);
        if (index.Count != contents.Length || features.Length != (long)contents.Length * parameters.Rank)
            throw new ArgumentException($"{contents.Length} content ids, {index.Count} of them distinct, do not fit {features.Length} features of rank {parameters.Rank}.", nameof(contents));
        var items = new FactorMatrix(index.Count, parameters.Rank);
        var rows = index.IndexesOf(contents);
        for (var n = 0; n < rows.Length; n++)
            features.Slice(n * parameters.Rank, parameters.Rank).CopyTo(items.PaddedRow(rows[n]));
        return new SparkAlsModel(parameters, index, items);
    }

    internal static SparkAlsModel Load(ArtifactReader source)
    {
        var trained = SparkAlsParameters.Table.Read(source.Settings);
        return new SparkAlsModel(trained, source.Contents, source.Factors("items", source.Contents.Count, trained.Rank));
    }

    private protected override void Save(ArtifactWriter target) => target.Factors("items", Items);

    private protected override Func<IFactorFoldIn> PrepareFoldIn(ComputeOptions compute, CancellationToken cancellationToken) =>
        new SparkAlsFoldIn(parameters, Items, compute, cancellationToken).Worker;
}
