using Pipeline.Models.Features;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>
/// Item-based nearest neighbours: a title's score is the sum of its similarities with the titles of the history that count it among
/// their K nearest.
/// </summary>
public sealed class ItemKnnTrainer(ItemKnnParameters parameters) : ITrainer
{
    private const int RowsPerPiece = 16;

    public string Algorithm => ItemKnnModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => ItemKnnParameters.Table.Write(parameters);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static ItemKnnTrainer Create(IEnumerable<KeyValuePair<string, string>> settings) => new(ItemKnnParameters.Table.Read(settings));

    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        var byUser = InteractionWeights.Apply(interactions.ByUser.Positive(), parameters);
        var byContent = byUser.Transpose();
        var titles = byContent.RowCount;
        var norms = Norms(byContent);
        var rows = new (int Title, float Similarity)[titles][];
        Workers.Run(
            compute.Threads,
            (titles + RowsPerPiece - 1) / RowsPerPiece,
            () => (Products: new ItemProducts(byUser, byContent), Candidates: new Candidate[titles]),
            (worker, piece) =>
            {
                for (var title = piece * RowsPerPiece; title < Math.Min((piece + 1) * RowsPerPiece, titles); title++)
                    rows[title] = Nearest(title, worker.Products, norms, worker.Candidates);
            },
            cancellationToken);
        return new ItemKnnModel(parameters, interactions.Contents, Neighbours(rows));
    }

    private (int Title, float Similarity)[] Nearest(int title, ItemProducts products, double[] norms, Candidate[] candidates)
    {
        products.Compute(title);
        var count = 0;
        foreach (var other in products.Touched)
        {
            var similarity = other == title ? 0 : Similarity(products[other], norms[title], norms[other]);
            if (similarity > 0)
                candidates[count++] = new Candidate(similarity, other);
        }
        var found = candidates.AsSpan(0, count);
        if (count > parameters.Neighbours)
        {
            Candidate.SelectBest(found, parameters.Neighbours);
            found = found[..parameters.Neighbours];
        }
        var nearest = new (int Title, float Similarity)[found.Length];
        for (var n = 0; n < nearest.Length; n++)
            nearest[n] = (found[n].Item, found[n].Score);
        Array.Sort(nearest, static (a, b) => a.Title.CompareTo(b.Title));
        return nearest;
    }

    private float Similarity(double product, double norm, double otherNorm) => (float)(parameters.Similarity switch
    {
        ItemSimilarity.Jaccard => product / (norm + otherNorm - product + parameters.Shrinkage),
        ItemSimilarity.Dot => product,
        _ => product / (Math.Sqrt(norm * otherNorm) + parameters.Shrinkage),
    });

    /// <summary>‖x_i‖², which is the number of members where all weights are 1.</summary>
    private static double[] Norms(SparseMatrix byContent)
    {
        var norms = new double[byContent.RowCount];
        for (var title = 0; title < norms.Length; title++)
        {
            foreach (var value in byContent.Values(title))
                norms[title] += (double)value * value;
        }
        return norms;
    }

    private static SparseMatrix Neighbours((int Title, float Similarity)[][] rows)
    {
        var starts = new int[rows.Length + 1];
        for (var row = 0; row < rows.Length; row++)
            starts[row + 1] = checked(starts[row] + rows[row].Length);
        var columns = new int[starts[^1]];
        var values = new float[starts[^1]];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var n = 0; n < rows[row].Length; n++)
                (columns[starts[row] + n], values[starts[row] + n]) = rows[row][n];
        }
        // Kept are the nearest of each title that may be recommended; scoring goes the other way, from a title that was watched.
        return new SparseMatrix(rows.Length, starts, columns, values).Transpose();
    }
}
