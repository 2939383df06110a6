using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Pipeline.Models.Artifacts;

namespace Pipeline.Models.Training.SecondStage;

/// <summary>
/// A field-aware factorization machine over three fields, trained by ML.NET and kept as plain arrays:
/// <c>s = Σ_j w_j x_j + Σ_{j&lt;k} ⟨v_{j,f(k)}, v_{k,f(j)}⟩ x_j x_k</c>. Features of the fields follow one another.
/// </summary>
/// <param name="catalogue">Features of each of the first two fields.</param>
/// <param name="linear">w, shape [features].</param>
/// <param name="latent">v, shape [features, fields, d].</param>
internal sealed class FieldAwareWeights(int catalogue, int dimensions, float[] linear, float[] latent)
{
    public const int Fields = 3;

    public int Catalogue => catalogue;

    public int Dimensions => dimensions;

    public ReadOnlySpan<float> Linear => linear;

    /// <summary>v of one feature towards one field.</summary>
    public ReadOnlySpan<float> Latent(int feature, int field) => latent.AsSpan((feature * Fields + field) * dimensions, dimensions);

    public void Save(ArtifactWriter target)
    {
        target.Floats("ffm.linear", linear);
        target.Floats("ffm.latent", latent);
    }

    public static FieldAwareWeights Load(ArtifactReader source, int features, int dimensions) => new(
        source.Contents.Count,
        dimensions,
        source.Floats("ffm.linear", 2 * source.Contents.Count + features),
        source.Floats("ffm.latent", (2 * source.Contents.Count + features) * Fields * dimensions));

    public static FieldAwareWeights Train(IReadOnlyList<Example> examples, int catalogue, FfmParameters parameters)
    {
        var context = new MLContext((int)(parameters.Seed & int.MaxValue));
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.History)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, catalogue);
        schema[nameof(Row.Item)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, catalogue);
        schema[nameof(Row.Scores)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, examples[0].Features.Length);
        var data = context.Data.LoadFromEnumerable(
            examples.Select(example => new Row
            {
                Label = example.Wanted,
                History = new VBuffer<float>(catalogue, example.Columns.Length, example.Values, example.Columns),
                Item = new VBuffer<float>(catalogue, 1, [1f], [example.Item]),
                Scores = new VBuffer<float>(example.Features.Length, example.Features),
            }),
            schema);
        var model = context.BinaryClassification.Trainers.FieldAwareFactorizationMachine(new FieldAwareFactorizationMachineTrainer.Options
        {
            LabelColumnName = nameof(Row.Label),
            FeatureColumnName = nameof(Row.History),
            ExtraFeatureColumns = [nameof(Row.Item), nameof(Row.Scores)],
            LatentDimension = parameters.Latent,
            NumberOfIterations = parameters.Iterations,
            LearningRate = (float)parameters.LearningRate,
            LambdaLinear = (float)parameters.Regularization,
            LambdaLatent = (float)parameters.Regularization,
            // Histories and scores come with lengths of their own.
            NormalizeFeatures = false,
            Shuffle = true,
        }).Fit(data).Model;
        return new FieldAwareWeights(catalogue, model.LatentDimension, [.. model.GetLinearWeights()], [.. model.GetLatentWeights()]);
    }

    /// <param name="Columns">The member's titles, ascending.</param>
    /// <param name="Values">Shape [columns].</param>
    internal sealed record Example(int[] Columns, float[] Values, int Item, float[] Features, bool Wanted);

    private sealed class Row
    {
        public bool Label { get; set; }

        public VBuffer<float> History { get; set; }

        public VBuffer<float> Item { get; set; }

        public VBuffer<float> Scores { get; set; }
    }
}
