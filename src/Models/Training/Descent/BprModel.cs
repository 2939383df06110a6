using Pipeline.Models.Artifacts;
using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.Descent;

/// <summary>
/// Titles' factors and biases as BPR trained them. A member's factor is made from their history in closed form, by the square of
/// the same pairs' margins: with centred factors c and biases β it minimises
/// <c>1/|I| Σ_{i∈H} Σ_{j∈I} (τ − (s_i − s_j))² + λ |H| ‖x‖²</c>, whose equations are those of implicit least squares. τ is the mean margin that
/// training reached. G. Takács, D. Tikk, "Alternating Least Squares for Personalized Ranking", RecSys 2012.
/// </summary>
public sealed class BprModel : FactorModel
{
    public const string AlgorithmName = "bpr";

    private readonly BprParameters parameters;
    private readonly FactorMatrix centred;
    private readonly float[] biases;
    private readonly float margin;

    private BprModel(BprParameters parameters, IdIndex contents, FactorMatrix centred, float[] biases, float margin)
        : base(contents, WithBias(centred, biases))
    {
        this.parameters = parameters;
        this.centred = centred;
        this.biases = biases;
        this.margin = margin;
    }

    public override string Algorithm => AlgorithmName;

    public override IReadOnlyDictionary<string, string> Settings => BprParameters.Table.Write(parameters);

    internal static BprModel Create(
        BprParameters parameters, IdIndex contents, FactorMatrix users, FactorMatrix items, float[] biases, SparseMatrix byUser)
    {
        var mean = new double[items.Rank];
        for (var item = 0; item < items.Rows; item++)
        {
            for (var n = 0; n < mean.Length; n++)
                mean[n] += items[item][n] / (double)items.Rows;
        }
        var centredItems = new FactorMatrix(items.Rows, items.Rank);
        for (var item = 0; item < items.Rows; item++)
        {
            for (var n = 0; n < mean.Length; n++)
                centredItems.PaddedRow(item)[n] = (float)(items[item][n] - mean[n]);
        }
        var meanBias = biases.Average(value => (double)value);
        var centredBiases = biases.Select(value => (float)(value - meanBias)).ToArray();
        return new BprModel(parameters, contents, centredItems, centredBiases, (float)Margin(users, centredItems, centredBiases, byUser));
    }

    internal static BprModel Load(ArtifactReader source)
    {
        var trained = BprParameters.Table.Read(source.Settings);
        return new BprModel(
            trained,
            source.Contents,
            source.Factors("items", source.Contents.Count, trained.Rank),
            source.Floats("biases", source.Contents.Count),
            source.Floats("margin", 1)[0]);
    }

    private protected override void Save(ArtifactWriter target)
    {
        target.Factors("items", centred);
        target.Floats("biases", biases);
        target.Floats("margin", [margin]);
    }

    private protected override Func<IFactorFoldIn> PrepareFoldIn(ComputeOptions compute, CancellationToken cancellationToken)
    {
        var gram = Gramian.Of(centred, compute, cancellationToken);
        // Σ β c, which the centred sums leave of the pairs' other titles.
        var rows = RowKernel.For(compute.VectorWidth);
        var offset = new FactorMatrix(1, centred.Rank);
        for (var item = 0; item < centred.Rows; item++)
            rows.AddScaled(offset.PaddedRow(0), centred.PaddedRow(item), biases[item]);
        return () => new FoldIn(this, new LeastSquares(centred, gram, offset, compute.VectorWidth));
    }

    private static double Margin(FactorMatrix users, FactorMatrix centred, float[] biases, SparseMatrix byUser)
    {
        var sum = 0.0;
        for (var user = 0; user < byUser.RowCount; user++)
        {
            foreach (var item in byUser.Columns(user))
            {
                sum += biases[item];
                for (var n = 0; n < centred.Rank; n++)
                    sum += (double)users[user][n] * centred[item][n];
            }
        }
        return sum / byUser.Count;
    }

    private static FactorMatrix WithBias(FactorMatrix factors, float[] biases)
    {
        var joined = new FactorMatrix(factors.Rows, factors.Rank + 1);
        for (var row = 0; row < factors.Rows; row++)
        {
            factors[row].CopyTo(joined.PaddedRow(row));
            joined.PaddedRow(row)[factors.Rank] = biases[row];
        }
        return joined;
    }

    private sealed class FoldIn(BprModel model, LeastSquares solver) : IFactorFoldIn
    {
        private readonly FactorMatrix solution = new(1, model.centred.Rank);
        private readonly List<int> wanted = [];
        private readonly List<float> weights = [];
        private readonly List<float> targets = [];

        public void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> factor)
        {
            wanted.Clear();
            weights.Clear();
            targets.Clear();
            var total = 0f;
            for (var n = 0; n < columns.Length; n++)
            {
                if (confidences[n] <= 0)
                    continue;
                wanted.Add(columns[n]);
                weights.Add(confidences[n]);
                targets.Add(confidences[n] * (model.margin - model.biases[columns[n]]));
                total += confidences[n];
            }
            factor.Clear();
            factor[model.centred.Rank] = 1;
            if (total == 0)
                return;
            var share = total / model.centred.Rows;
            solver.Solve(
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(wanted),
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(weights),
                System.Runtime.InteropServices.CollectionsMarshal.AsSpan(targets),
                share,
                (float)model.parameters.FoldInRegularization * total,
                -share,
                solution.PaddedRow(0));
            solution[0].CopyTo(factor);
        }
    }
}
