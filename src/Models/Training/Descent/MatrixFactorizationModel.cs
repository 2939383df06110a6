using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;

namespace Pipeline.Models.Training.Descent;

/// <summary>Titles' factors under one of the losses of <see cref="MatrixFactorizationOptions"/>.</summary>
public sealed class MatrixFactorizationModel : FactorModel
{
    public const string AlgorithmName = "sgd";

    private readonly MatrixFactorizationOptions options;

    internal MatrixFactorizationModel(MatrixFactorizationOptions options, IdIndex contents, FactorMatrix items)
        : base(contents, items) => this.options = options;

    public override string Algorithm => AlgorithmName;

    public override IReadOnlyDictionary<string, string> Settings => MatrixFactorizationOptions.Table.Write(options);

    internal static MatrixFactorizationModel Load(ArtifactReader source)
    {
        var trained = MatrixFactorizationOptions.Table.Read(source.Settings);
        return new MatrixFactorizationModel(trained, source.Contents, source.Factors("items", source.Contents.Count, trained.ApproximationRank));
    }

    private protected override void Save(ArtifactWriter target) => target.Factors("items", Items);

    private protected override Func<IFactorFoldIn> PrepareFoldIn(ComputeOptions compute, CancellationToken cancellationToken) =>
        options.LossFunction == LossFunction.SquareLossOneClass
            ? new OneClassFoldIn(options, Items, compute, cancellationToken).Worker
            : () => new RegressionFoldIn(options, Items, compute.VectorWidth);
}
