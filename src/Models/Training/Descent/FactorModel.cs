using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Descent;

/// <summary>A member's factor from their history. Not for several threads at once.</summary>
internal interface IFactorFoldIn
{
    /// <param name="confidences">Signed, as in the training data.</param>
    /// <param name="factor">Shape [stride] of the model's titles; padding is left at 0.</param>
    void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> factor);
}

/// <summary>
/// A model whose score is the product of a title's factor with one that is made from the history. It keeps titles only, so that a new
/// event counts at once and erasing a member leaves nothing behind here.
/// </summary>
public abstract class FactorModel : IScoringModel, IStoredModel
{
    private protected FactorModel(IdIndex contents, FactorMatrix items)
    {
        Contents = contents;
        Items = items;
    }

    public abstract string Algorithm { get; }

    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    public IdIndex Contents { get; }

    /// <summary>Shape [contents, d]: what a member's factor is multiplied with.</summary>
    public FactorMatrix Items { get; }

    public IEnumerable<TopKBlock> Recommend(
        SparseMatrix histories, TopKOptions options, ComputeOptions compute, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(compute);
        var create = PrepareFoldIn(compute, cancellationToken);
        return TopK.Run(new PackedItems(Items, options.Excluded), CreateSource, histories, options.K, compute, cancellationToken)
            .Select(block => SilentHistories.Empty(block, histories));

        TopK.FactorSource CreateSource()
        {
            var foldIn = create();
            return (first, count, target) =>
            {
                for (var row = 0; row < count; row++)
                    foldIn.Solve(histories.Columns(first + row), histories.Values(first + row), target.PaddedRow(row));
            };
        }
    }

    IScorer IScoringModel.CreateScorer(ComputeOptions compute, CancellationToken cancellationToken) =>
        new Scorer(PrepareFoldIn(compute, cancellationToken)(), Items, Kernel.For(compute.VectorWidth));

    void IStoredModel.Save(ArtifactWriter target) => Save(target);

    /// <summary>Does what all fold-ins share; the result makes one for each worker.</summary>
    private protected abstract Func<IFactorFoldIn> PrepareFoldIn(ComputeOptions compute, CancellationToken cancellationToken);

    private protected abstract void Save(ArtifactWriter target);

    private sealed class Scorer(IFactorFoldIn foldIn, FactorMatrix items, Kernel kernel) : IScorer
    {
        private readonly FactorMatrix member = new(1, items.Rank);

        public unsafe void Score(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> scores)
        {
            if (!Interactions.SaysWhatIsWanted(confidences))
            {
                scores.Fill(float.NegativeInfinity);
                return;
            }
            foldIn.Solve(columns, confidences, member.PaddedRow(0));
            for (var item = 0; item < items.Rows; item++)
                scores[item] = kernel.Dot(member.Pointer, items.Pointer + (nint)item * items.Stride, items.Stride);
            GC.KeepAlive(items);
        }
    }
}
