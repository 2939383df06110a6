using Pipeline.Models.Features;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Training;

/// <summary>iALS from its definition: double precision, every pair visited, Gauss–Jordan elimination.</summary>
internal static class PlainAls
{
    public static (double[][] Users, double[][] Items) Train(InteractionMatrix data, ImplicitAlsParameters parameters)
    {
        var normal = new SeededNormal(parameters.Seed);
        var deviation = (float)(parameters.InitialDeviation / Math.Sqrt(parameters.Rank));
        var users = new double[data.Users.Count][];
        for (var user = 0; user < users.Length; user++)
        {
            users[user] = new double[parameters.Rank];
            for (var n = 0; n < parameters.Rank; n++)
                users[user][n] = deviation * normal.Next();
        }
        var items = new double[data.Contents.Count][];
        for (var iteration = 0; iteration < parameters.Iterations; iteration++)
        {
            for (var item = 0; item < items.Length; item++)
                items[item] = Solve(Dense(data.ByContent, item), users, parameters);
            for (var user = 0; user < users.Length; user++)
                users[user] = Solve(Dense(data.ByUser, user), items, parameters);
        }
        return (users, items);
    }

    public static double Objective(InteractionMatrix data, ImplicitAlsParameters parameters, double[][] users, double[][] items)
    {
        var sum = 0.0;
        for (var user = 0; user < users.Length; user++)
        {
            var confidences = Dense(data.ByUser, user);
            for (var item = 0; item < items.Length; item++)
            {
                var score = Dot(users[user], items[item]);
                var preference = confidences[item] > 0 ? 1 : 0;
                sum += Math.Abs(confidences[item]) * (score - preference) * (score - preference);
                sum += parameters.UnobservedWeight * score * score;
            }
            sum += Penalty(confidences, items.Length, parameters) * Dot(users[user], users[user]);
        }
        for (var item = 0; item < items.Length; item++)
            sum += Penalty(Dense(data.ByContent, item), users.Length, parameters) * Dot(items[item], items[item]);
        return sum;
    }

    /// <summary>What each title of a history adds to one title's score.</summary>
    public static double[] Shares(InteractionMatrix data, ImplicitAlsParameters parameters, double[][] items, int user, int recommended)
    {
        var (matrix, _) = Equations(Dense(data.ByUser, user), items, parameters);
        var direction = Eliminate(matrix, [.. items[recommended]]);
        var confidences = data.ByUser.Values(user).ToArray();
        return [.. data.ByUser.Columns(user).ToArray().Select((item, n) => Math.Max(confidences[n], 0) * Dot(direction, items[item]))];
    }

    public static double[][] Rows(FactorMatrix factors) =>
        [.. Enumerable.Range(0, factors.Rows).Select(row => factors[row].ToArray().Select(value => (double)value).ToArray())];

    public static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var n = 0; n < x.Length; n++)
            sum += (double)x[n] * y[n];
        return sum;
    }

    private static double[] Dense(SparseMatrix matrix, int row)
    {
        var dense = new double[matrix.ColumnCount];
        for (var n = 0; n < matrix.RowLength(row); n++)
            dense[matrix.Columns(row)[n]] = matrix.Values(row)[n];
        return dense;
    }

    private static double Penalty(double[] confidences, int others, ImplicitAlsParameters parameters) =>
        parameters.Regularization
        * Math.Pow(confidences.Sum(Math.Abs) + parameters.UnobservedWeight * others, parameters.FrequencyExponent);

    private static double[] Solve(double[] confidences, double[][] others, ImplicitAlsParameters parameters)
    {
        if (confidences.All(confidence => confidence == 0))
            return new double[parameters.Rank];
        var (matrix, right) = Equations(confidences, others, parameters);
        return Eliminate(matrix, right);
    }

    private static (double[][] Matrix, double[] Right) Equations(double[] confidences, double[][] others, ImplicitAlsParameters parameters)
    {
        var matrix = Enumerable.Range(0, parameters.Rank).Select(_ => new double[parameters.Rank]).ToArray();
        var right = new double[parameters.Rank];
        for (var n = 0; n < others.Length; n++)
        {
            var weight = Math.Abs(confidences[n]) + parameters.UnobservedWeight;
            for (var row = 0; row < parameters.Rank; row++)
            {
                right[row] += Math.Max(confidences[n], 0) * others[n][row];
                for (var column = 0; column < parameters.Rank; column++)
                    matrix[row][column] += weight * others[n][row] * others[n][column];
            }
        }
        for (var row = 0; row < parameters.Rank; row++)
            matrix[row][row] += Penalty(confidences, others.Length, parameters);
        return (matrix, right);
    }

    private static double[] Eliminate(double[][] matrix, double[] right)
    {
        for (var pivot = 0; pivot < right.Length; pivot++)
        {
            for (var row = 0; row < right.Length; row++)
            {
                if (row == pivot)
                    continue;
                var factor = matrix[row][pivot] / matrix[pivot][pivot];
                for (var column = pivot; column < right.Length; column++)
                    matrix[row][column] -= factor * matrix[pivot][column];
                right[row] -= factor * right[pivot];
            }
        }
        return [.. right.Select((value, row) => value / matrix[row][row])];
    }
}
