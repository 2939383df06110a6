using Pipeline.Models.Features;
using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training.Descent;

/// <summary>
/// BPR by stochastic gradient descent, in blocks whose rows and columns are drawn anew for each iteration, so that over time every title
/// is compared with every other.
/// </summary>
public sealed unsafe class BprTrainer(BprParameters parameters) : ITrainer
{
    /// <summary>Draws after which no title that the member lacks is assumed to be in the block.</summary>
    private const int MaxDraws = 8;

    /// <summary>What is left of the learning rate at the end.</summary>
    private const double LastRateShare = 0.1;

    public string Algorithm => BprModel.AlgorithmName;

    public IReadOnlyDictionary<string, string> Settings => BprParameters.Table.Write(parameters);

    /// <exception cref="AlgorithmSettingException">A setting that the algorithm does not have, or a value out of its range.</exception>
    public static BprTrainer Create(IEnumerable<KeyValuePair<string, string>> settings) => new(BprParameters.Table.Read(settings));

    public IRecommender Train(
        InteractionMatrix interactions, ComputeOptions compute, Action<TrainingIteration>? progress, CancellationToken cancellationToken)
    {
        Interactions.RequireSome(interactions);
        ArgumentNullException.ThrowIfNull(compute);
        var byUser = interactions.ByUser.Positive();
        var random = new SplitMix64(parameters.Seed);
        var state = new State(
            byUser, Draw(byUser.RowCount, ref random), Draw(byUser.ColumnCount, ref random), new float[byUser.ColumnCount], DescentKernel.For(compute.VectorWidth));
        var schedule = new BlockSchedule(byUser.RowCount, byUser.ColumnCount);
        for (var number = 1; number <= parameters.Iterations; number++)
        {
            var columnGroups = schedule.Draw(byUser.ColumnCount, ref random);
            var blocks = new InteractionBlocks(
                byUser, schedule, schedule.Draw(byUser.RowCount, ref random), columnGroups, compute.Threads, cancellationToken);
            var rate = (float)(parameters.LearningRate * (1 - (1 - LastRateShare) * (number - 1) / parameters.Iterations));
            var seed = random.Next();
            var losses = new double[schedule.Groups * schedule.Groups];
            schedule.Run(
                compute.Threads,
                () => 0,
                (_, row, column) => losses[row * schedule.Groups + column] = Run(
                    state, blocks[row, column], columnGroups[column], rate, SplitMix64.For(seed, row, column)),
                cancellationToken);
            var iteration = Divergence.Check(new TrainingIteration(number, losses.Sum() / byUser.Count), "rate");
            progress?.Invoke(iteration);
        }
        return BprModel.Create(parameters, interactions.Contents, state.Users, state.Items, state.Biases, byUser);
    }

    /// <returns>Σ σ(x_uj − x_ui): how many pairs stand in the wrong order, by the model's own belief.</returns>
    private double Run(State state, InteractionBlocks.Block block, int[] columns, float rate, SplitMix64 random)
    {
        var loss = 0.0;
        for (var run = 0; run < block.Rows.Length; run++)
        {
            var wanted = state.ByUser.Columns(block.Rows[run]);
            for (var n = block.Starts[run]; n < block.Starts[run + 1]; n++)
            {
                var other = DrawOther(wanted, columns, ref random);
                if (other >= 0)
                    loss += Step(state, block.Rows[run], block.Columns[n], other, block.Values[n], rate);
            }
        }
        return loss;
    }

    private static int DrawOther(ReadOnlySpan<int> wanted, int[] columns, ref SplitMix64 random)
    {
        for (var draw = 0; draw < MaxDraws; draw++)
        {
            var other = columns[random.NextBelow(columns.Length)];
            if (wanted.BinarySearch(other) < 0)
                return other;
        }
        return -1;
    }

    private double Step(State state, int user, int item, int other, float confidence, float rate)
    {
        var stride = state.Items.Stride;
        var p = state.Users.Pointer + (nint)user * stride;
        var a = state.Items.Pointer + (nint)item * stride;
        var b = state.Items.Pointer + (nint)other * stride;
        ref var itemBias = ref state.Biases[item];
        ref var otherBias = ref state.Biases[other];
        var wrong = PortableSigmoid.Of(-(state.Kernel.DifferenceDot(p, a, b, stride) + itemBias - otherBias));
        var s = confidence * wrong;
        var regularization = (float)parameters.Regularization;
        state.Kernel.PairStep(p, a, b, stride, s, rate, regularization);
        itemBias += rate * (s - regularization * itemBias);
        otherBias -= rate * (s + regularization * otherBias);
        GC.KeepAlive(state);
        return wrong;
    }

    private FactorMatrix Draw(int rows, ref SplitMix64 random)
    {
        var factors = new FactorMatrix(rows, parameters.Rank);
        for (var row = 0; row < rows; row++)
        {
            foreach (ref var value in factors.PaddedRow(row)[..parameters.Rank])
                value = (float)((random.NextUnit() - 0.5) / parameters.Rank);
        }
        return factors;
    }

    private sealed record State(SparseMatrix ByUser, FactorMatrix Users, FactorMatrix Items, float[] Biases, DescentKernel Kernel);
}
