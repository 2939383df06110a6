using Pipeline.Models.Features;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <summary>
/// One side of iALS in closed form: with the other side's factors y fixed,
/// <c>x = (α₀ YᵀY + Σ c y yᵀ + λ (n + α₀ |Y|)^ν I)⁻¹ Σ c p y</c>, for every row on its own.
/// </summary>
internal sealed unsafe class AlsSolver
{
    // Pieces are fixed by the data, never by the number of threads: sums over them are then the same on any.
    private const int GramPieces = 32;
    private const int RowsPerPiece = 64;

    private readonly ImplicitAlsParameters parameters;
    private readonly Kernel kernel;
    private readonly FactorMatrix others;
    private readonly FactorMatrix gram;

    /// <param name="others">Factors of the side that is fixed, shape [m, d].</param>
    public AlsSolver(ImplicitAlsParameters parameters, Kernel kernel, FactorMatrix others, int threads, CancellationToken cancellationToken)
    {
        this.parameters = parameters;
        this.kernel = kernel;
        this.others = others;
        gram = WeightedGram(threads, cancellationToken);
    }

    /// <summary>α₀ YᵀY, upper triangle, shape [stride, stride].</summary>
    public FactorMatrix Gram => gram;

    public AlsWorkspace CreateWorkspace() => new(others.Stride);

    /// <summary>Solves every row of <paramref name="rows"/> into <paramref name="solved"/>.</summary>
    /// <returns>The objective's data terms at the solution, without the regularisation of <see cref="others"/>.</returns>
    public double SolveAll(SparseMatrix rows, FactorMatrix solved, int threads, CancellationToken cancellationToken)
    {
        var pieces = (rows.RowCount + RowsPerPiece - 1) / RowsPerPiece;
        var losses = new double[pieces];
        Workers.Run(threads, pieces, CreateWorkspace, (workspace, piece) =>
        {
            var end = Math.Min((piece + 1) * RowsPerPiece, rows.RowCount);
            losses[piece] = SolvePiece(rows, piece * RowsPerPiece, end, solved, workspace);
        }, cancellationToken);
        return losses.Sum();
    }

    /// <summary>Solves one row: a fold-in.</summary>
    /// <param name="confidences">Empty for 1 everywhere.</param>
    /// <param name="solution">Shape [stride].</param>
    public void Solve(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, Span<float> solution, AlsWorkspace workspace)
    {
        solution.Clear();
        if (columns.IsEmpty)
            return;
        Factor(columns, confidences, workspace);
        SolveFactored(workspace, 1);
        new ReadOnlySpan<float>(workspace.Solution, others.Stride).CopyTo(solution);
    }

    /// <summary>Leaves the row's Cholesky factor and right side in <paramref name="workspace"/>.</summary>
    /// <param name="confidences">Empty for 1 everywhere.</param>
    public void Factor(ReadOnlySpan<int> columns, ReadOnlySpan<float> confidences, AlsWorkspace workspace)
    {
        var weight = confidences.IsEmpty ? RowWeight.Ones(columns.Length) : RowWeight.Of(confidences);
        fixed (int* column = columns)
        fixed (float* confidence = confidences)
        {
            var fetched = column + columns.Length;
            Build(column, confidence, columns.Length, fetched, ref fetched, weight, workspace, slot: 0);
        }
        FactorBuilt(workspace, systems: 1);
    }

    /// <summary>λ (n + α₀ m)^ν.</summary>
    /// <param name="weight">n: the row's confidences added up without their signs.</param>
    public static double Regularization(ImplicitAlsParameters parameters, int m, double weight)
    {
        var total = weight + parameters.UnobservedWeight * m;
        return parameters.Regularization * (parameters.FrequencyExponent == 1 ? total : PortableMath.Pow(total, parameters.FrequencyExponent));
    }

    /// <summary>Solves rows in batches; returns Σ min f = Σ c p² − bᵀx, since f(x) = xᵀA x − 2 bᵀx + Σ c p² and A x = b.</summary>
    private double SolvePiece(SparseMatrix rows, int first, int end, FactorMatrix solved, AlsWorkspace workspace)
    {
        var loss = 0.0;
        Span<int> batch = stackalloc int[workspace.Systems];
        fixed (int* columns = rows.AllColumns)
        fixed (float* values = rows.AllValues)
        {
            // The rows of a piece stand one behind the other, so the columns after a row are what the next one gathers.
            int* last = columns + rows.Starts[end], fetched = columns + rows.Starts[first];
            while (first < end)
            {
                var count = 0;
                for (; first < end && count < batch.Length; first++)
                {
                    var (start, length) = (rows.Starts[first], rows.RowLength(first));
                    if (length == 0)
                    {
                        solved.PaddedRow(first).Clear();
                        continue;
                    }
                    var weight = rows.Weight(first);
                    loss += weight.Preferred;
                    Build(columns + start, values is null ? null : values + start, length, last, ref fetched, weight, workspace, count);
                    batch[count++] = first;
                }
                FactorBuilt(workspace, count);
                SolveFactored(workspace, count);
                for (var slot = 0; slot < count; slot++)
                    loss -= Take(workspace, slot, solved.PaddedRow(batch[slot]));
            }
        }
        return loss;
    }

    /// <summary>Writes A and b of one row.</summary>
    /// <param name="confidences">Null for 1 everywhere.</param>
    /// <param name="last">Columns can be read up to here, beyond the row's own.</param>
    /// <param name="fetched">Columns whose rows the caches were asked for.</param>
    private void Build(
        int* columns, float* confidences, int length, int* last, ref int* fetched, RowWeight weight, AlsWorkspace workspace, int slot)
    {
        var stride = others.Stride;
        float* matrix = workspace.Matrix + (nint)slot * stride * stride, rightSide = workspace.RightSide + (nint)slot * stride;
        gram.Span.CopyTo(new Span<float>(matrix, stride * stride));
        var regularization = (float)Regularization(parameters, others.Rows, weight.Total);
        for (var n = 0; n < stride; n++)
            matrix[n * stride + n] += regularization;
        new Span<float>(rightSide, stride).Clear();
        for (var done = 0; done < length; done += workspace.PanelRows)
        {
            var count = Math.Min(workspace.PanelRows, length - done);
            var weights = confidences is null ? null : confidences + done;
            kernel.Gather(workspace.Panel, others.Pointer, columns + done, weights, count, stride, rightSide);
            kernel.AddGram(matrix, workspace.Panel, count, stride, Ahead(columns + done + count, last, ref fetched, workspace.PanelRows));
        }
    }

    // One panel ahead of what was gathered: far enough for memory to answer meanwhile, near enough to be in the caches still.
    private RowsAhead Ahead(int* next, int* last, ref int* fetched, int rows)
    {
        var from = fetched < next ? next : fetched;
        fetched = last - next < rows ? last : next + rows;
        return new RowsAhead(others.Pointer, from, (int)Math.Max(fetched - from, 0));
    }

    private void FactorBuilt(AlsWorkspace workspace, int systems)
    {
        if (!kernel.Factor(workspace.Matrix, workspace.InverseDiagonal, others.Stride, systems))
            throw new ArithmeticException("A row's equations are not positive definite in float32: raise the regularization.");
    }

    private void SolveFactored(AlsWorkspace workspace, int systems)
    {
        var length = systems * others.Stride;
        new ReadOnlySpan<float>(workspace.RightSide, length).CopyTo(new Span<float>(workspace.Solution, length));
        kernel.Solve(workspace.Matrix, workspace.InverseDiagonal, workspace.Solution, others.Stride, systems);
    }

    /// <returns>bᵀx.</returns>
    private double Take(AlsWorkspace workspace, int slot, Span<float> solution)
    {
        float* b = workspace.RightSide + (nint)slot * others.Stride, x = workspace.Solution + (nint)slot * others.Stride;
        var attained = 0.0;
        for (var n = 0; n < others.Stride; n++)
            attained += (double)b[n] * x[n];
        new ReadOnlySpan<float>(x, others.Stride).CopyTo(solution);
        return attained;
    }

    private FactorMatrix WeightedGram(int threads, CancellationToken cancellationToken)
    {
        var stride = others.Stride;
        var sums = new FactorMatrix[GramPieces];
        Workers.Run(threads, GramPieces, () => 0, (_, piece) =>
        {
            var first = (int)((long)others.Rows * piece / GramPieces);
            var end = (int)((long)others.Rows * (piece + 1) / GramPieces);
            sums[piece] = new FactorMatrix(stride, stride);
            for (var panel = AlsWorkspace.PanelRowsFor(stride); first < end; first += panel)
                kernel.AddGram(sums[piece].Pointer, others.Pointer + (nint)first * stride, Math.Min(panel, end - first), stride);
        }, cancellationToken);
        for (var row = 0; row < stride; row++)
        {
            var total = sums[0].PaddedRow(row);
            for (var column = 0; column < stride; column++)
            {
                var sum = 0f;
                foreach (var piece in sums)
                    sum += piece.PaddedRow(row)[column];
                total[column] = (float)parameters.UnobservedWeight * sum;
            }
        }
        GC.KeepAlive(others);
        return sums[0];
    }
}
