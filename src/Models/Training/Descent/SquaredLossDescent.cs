using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.Descent;

/// <summary>
/// Squared loss over the interactions by stochastic gradient descent, with the learning rates of W.-S. Chin, Y. Zhuang, Y.-C. Juan,
/// C.-J. Lin, "A Learning-Rate Schedule for Stochastic Gradient Methods to Matrix Factorization", PAKDD 2015: one rate per row and
/// group of dimensions, of which the second group, all but the first 16, starts an iteration later.
/// </summary>
internal static unsafe class SquaredLossDescent
{
    /// <summary>Values with a deviation below this are taken as they are.</summary>
    private const double SmallestDeviation = 1e-4;

    public static FactorMatrix Train(
        InteractionMatrix interactions,
        MatrixFactorizationOptions options,
        ComputeOptions compute,
        Action<TrainingIteration>? progress,
        CancellationToken cancellationToken)
    {
        var random = new SplitMix64(options.Seed);
        var users = Draw(interactions.Users.Count, options.ApproximationRank, ref random);
        var items = Draw(interactions.Contents.Count, options.ApproximationRank, ref random);
        var (userSquares, itemSquares) = (Squares(users.Rows), Squares(items.Rows));
        var deviation = Deviation(interactions.ByUser);
        var schedule = new BlockSchedule(users.Rows, items.Rows);
        int[][] userGroups = schedule.Draw(users.Rows, ref random), itemGroups = schedule.Draw(items.Rows, ref random);
        var places = Places(itemGroups, items.Rows);
        var blocks = new InterleavedBlocks(
            Scaled(interactions.ByUser, deviation), schedule, userGroups, itemGroups, places, compute.Threads, cancellationToken);
        var kernel = DescentKernel.For(compute.VectorWidth);
        var shape = new DescentShape(users.Stride, users.Rank);
        for (var number = 1; number <= options.NumberOfIterations; number++)
        {
            var rates = new DescentRates(
                (float)options.LearningRate, (float)(options.Lambda / deviation), FirstLineOnly: number == 1 && users.Rank > Kernel.Alignment, options.NonNegative);
            var losses = new double[schedule.Groups * schedule.Groups];
            schedule.Run(compute.Threads, () => 0, (_, row, column) =>
            {
                fixed (float* gp = userSquares, gq = itemSquares)
                    losses[row * schedule.Groups + column] = Run(blocks[row, column], kernel, users, items, gp, gq, shape, rates);
            }, cancellationToken);
            var iteration = Divergence.Check(new TrainingIteration(number, losses.Sum() * deviation * deviation), nameof(options.LearningRate));
            progress?.Invoke(iteration);
        }
        GC.KeepAlive(users);
        return InOrder(items, places, Math.Sqrt(deviation));
    }

    private static double Run(
        InterleavedBlocks.Block block, DescentKernel kernel, FactorMatrix users, FactorMatrix items, float* gp, float* gq, DescentShape shape, DescentRates rates)
    {
        fixed (int* rows = block.Rows, columns = block.Columns)
        fixed (float* values = block.Values)
        {
            return kernel.SquaredSteps(users.Pointer, gp, items.Pointer, gq, rows, columns, values, block.Values.Length, shape, rates);
        }
    }

    /// <returns>Where each of the numbers stands among the groups.</returns>
    private static int[] Places(int[][] groups, int count)
    {
        var places = new int[count];
        var place = 0;
        foreach (var number in groups.SelectMany(group => group))
            places[number] = place++;
        return places;
    }

    // Uniform from 0 to 1 / √k, so that first scores are positive and of the size of a value's deviation.
    private static FactorMatrix Draw(int rows, int rank, ref SplitMix64 random)
    {
        var factors = new FactorMatrix(rows, rank);
        var scale = 1 / Math.Sqrt(rank);
        for (var row = 0; row < rows; row++)
        {
            foreach (ref var value in factors.PaddedRow(row)[..rank])
                value = (float)(scale * random.NextUnit());
        }
        return factors;
    }

    private static float[] Squares(int rows)
    {
        var squares = new float[2 * rows];
        Array.Fill(squares, 1);
        return squares;
    }

    private static double Deviation(SparseMatrix byUser)
    {
        double sum = 0, squares = 0;
        for (var user = 0; user < byUser.RowCount; user++)
        {
            foreach (var value in byUser.Values(user))
            {
                sum += value;
                squares += (double)value * value;
            }
        }
        var mean = sum / byUser.Count;
        var deviation = Math.Sqrt(Math.Max(0, squares / byUser.Count - mean * mean));
        return deviation > SmallestDeviation ? deviation : 1;
    }

    private static SparseMatrix Scaled(SparseMatrix byUser, double deviation)
    {
        var scale = (float)(1 / deviation);
        return deviation == 1 ? byUser : byUser.WithValues((_, _, value) => scale * value);
    }

    private static FactorMatrix InOrder(FactorMatrix placed, int[] places, double scale)
    {
        var factors = new FactorMatrix(placed.Rows, placed.Rank);
        for (var row = 0; row < factors.Rows; row++)
        {
            var source = placed[places[row]];
            var target = factors.PaddedRow(row);
            for (var n = 0; n < source.Length; n++)
                target[n] = (float)(source[n] * scale);
        }
        return factors;
    }
}
