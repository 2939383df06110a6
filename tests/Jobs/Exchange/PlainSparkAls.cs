namespace Pipeline.Jobs.Tests.Exchange;

/// <summary>
/// Spark's implicit ALS in plain loops and double precision: from members drawn at random, titles and members by turns, each row by
/// <c>(YᵀY + Σ α|r| y yᵀ + λ n I) x = Σ_(r>0) (1 + α r) y</c>.
/// </summary>
internal static class PlainSparkAls
{
    public const double Alpha = 4;
    public const double Regularization = 0.05;

    /// <returns>Factors by item; items without an interaction have none.</returns>
    public static IReadOnlyDictionary<int, float[]> Train(ExportedInteractions data, int rank, int iterations)
    {
        var random = new Random(1);
        var triples = Enumerable.Range(0, data.Users.Length).Select(row => (User: data.Users[row], Item: data.Items[row], R: (double)data.Confidences[row])).ToArray();
        var byUser = triples.ToLookup(one => one.User, one => (one.Item, one.R));
        var byItem = triples.ToLookup(one => one.Item, one => (one.User, one.R));
        var users = byUser.ToDictionary(rows => rows.Key, _ => Enumerable.Range(0, rank).Select(_ => random.NextDouble() - 0.5).ToArray());
        var items = new Dictionary<int, double[]>();
        for (int n = 0; n < iterations; n++)
        {
            items = SolveAll(byItem, users, rank);
            users = SolveAll(byUser, items, rank);
        }
        return items.ToDictionary(item => item.Key, item => Array.ConvertAll(item.Value, value => (float)value));
    }

    private static Dictionary<int, double[]> SolveAll(ILookup<int, (int Other, double R)> rows, Dictionary<int, double[]> others, int rank)
    {
        var gram = new double[rank, rank + 1];
        foreach (double[] y in others.Values)
            Add(gram, y, 1, 0);
        return rows.ToDictionary(row => row.Key, row =>
        {
            var system = (double[,])gram.Clone();
            foreach (var (other, r) in row)
                Add(system, others[other], Alpha * Math.Abs(r), r > 0 ? 1 + (Alpha * r) : 0);
            for (int n = 0; n < rank; n++)
                system[n, n] += Regularization * Math.Max(1, row.Count(one => one.R > 0));
            return Solve(system, rank);
        });
    }

    private static void Add(double[,] system, double[] y, double weight, double target)
    {
        for (int row = 0; row < y.Length; row++)
        {
            for (int column = 0; column < y.Length; column++)
                system[row, column] += weight * y[row] * y[column];
            system[row, y.Length] += target * y[row];
        }
    }

    private static double[] Solve(double[,] system, int rank)
    {
        for (int pivot = 0; pivot < rank; pivot++)
            for (int row = 0; row < rank; row++)
            {
                double share = row == pivot ? 0 : system[row, pivot] / system[pivot, pivot];
                for (int column = pivot; column <= rank && share != 0; column++)
                    system[row, column] -= share * system[pivot, column];
            }
        return [.. Enumerable.Range(0, rank).Select(n => system[n, rank] / system[n, n])];
    }
}
