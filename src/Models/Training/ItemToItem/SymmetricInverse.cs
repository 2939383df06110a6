using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>
/// Inverts a symmetric positive definite matrix in place by the sweep operator, block by block (J. Goodnight, "A Tutorial on the SWEEP
/// Operator", The American Statistician 1979): n³ floating-point operations, nearly all of them products of blocks. The pivot blocks are
/// inverted in double precision. The same bytes come out on any number of threads and with vectors of any width.
/// </summary>
internal sealed unsafe class SymmetricInverse
{
    private const int Size = BlockKernel.Size;

    private readonly SymmetricBlocks matrix;
    private readonly BlockKernel kernel;
    private readonly int threads;
    private readonly FactorMatrix row;
    private readonly FactorMatrix solved;
    private readonly FactorMatrix pivot = new(Size, Size);

    private SymmetricInverse(SymmetricBlocks matrix, ComputeOptions compute)
    {
        this.matrix = matrix;
        kernel = BlockKernel.For(compute.VectorWidth);
        threads = compute.Threads;
        row = new FactorMatrix(matrix.BlockCount * Size, Size);
        solved = new FactorMatrix(matrix.BlockCount * Size, Size);
    }

    /// <exception cref="ArithmeticException">The matrix is not positive definite in float32.</exception>
    /// <exception cref="OperationCanceledException">Checked for every column of blocks.</exception>
    /// <param name="swept">Called after each column of blocks, which cost the same, with how many are done and how many there are.</param>
    public static void Invert(SymmetricBlocks matrix, ComputeOptions compute, CancellationToken cancellationToken, Action<int, int>? swept = null)
    {
        var inverse = new SymmetricInverse(matrix, compute);
        for (var k = 0; k < matrix.BlockCount; k++)
        {
            inverse.Sweep(k, cancellationToken);
            swept?.Invoke(k + 1, matrix.BlockCount);
        }
        // Swept once for each block, a matrix is its inverse with the sign turned.
        Workers.Run(compute.Threads, matrix.BlockCount, () => 0, (_, column) => inverse.Negate(column), cancellationToken);
    }

    /// <summary>With pivot A_kk = D⁻¹: A_ij −= A_ik D A_kj, A_kj becomes D A_kj, and A_kk −D.</summary>
    private void Sweep(int k, CancellationToken cancellationToken)
    {
        InvertPivot(k);
        Workers.Run(threads, matrix.BlockCount, () => 0, (_, j) =>
        {
            if (j == k)
                return;
            TakeRow(k, j);
            new Span<float>(Solved(j), Size * Size).Clear();
            kernel.Add(Solved(j), pivot.Pointer, Row(j));
        }, cancellationToken);
        // The longest columns first, so that no thread is left with one at the end.
        Workers.Run(threads, matrix.BlockCount, () => 0, (_, n) =>
        {
            var j = matrix.BlockCount - 1 - n;
            for (var i = 0; i <= j; i++)
            {
                if (i != k && j != k)
                    kernel.Subtract(matrix.Block(i, j), Row(i), Solved(j));
            }
        }, cancellationToken);
        for (var j = 0; j < matrix.BlockCount; j++)
            ReturnRow(k, j);
    }

    private float* Row(int j) => row.Pointer + (nint)j * Size * Size;

    private float* Solved(int j) => solved.Pointer + (nint)j * Size * Size;

    private void TakeRow(int k, int j)
    {
        if (j > k)
            new ReadOnlySpan<float>(matrix.Block(k, j), Size * Size).CopyTo(new Span<float>(Row(j), Size * Size));
        else
            Transpose(matrix.Block(j, k), Row(j), 1);
    }

    private void ReturnRow(int k, int j)
    {
        if (j > k)
            new ReadOnlySpan<float>(Solved(j), Size * Size).CopyTo(new Span<float>(matrix.Block(k, j), Size * Size));
        else if (j < k)
            Transpose(Solved(j), matrix.Block(j, k), 1);
        else
            Transpose(pivot.Pointer, matrix.Block(k, k), -1);
    }

    // Gauss–Jordan without exchanges, which a positive definite block does not need.
    private void InvertPivot(int k)
    {
        var block = matrix.Block(k, k);
        var a = new double[Size * Size];
        for (var r = 0; r < Size; r++)
        {
            for (var c = 0; c < Size; c++)
                a[r * Size + c] = r <= c ? block[r * Size + c] : block[c * Size + r];
        }
        for (var p = 0; p < Size; p++)
        {
            var diagonal = a[p * Size + p];
            if (!(diagonal > 0))
                throw new ArithmeticException("The matrix is not positive definite in float32: raise the regularization.");
            EliminateColumn(a, p, 1 / diagonal);
        }
        for (var n = 0; n < a.Length; n++)
            pivot.Pointer[n] = (float)a[n];
    }

    private static void EliminateColumn(double[] a, int p, double inverse)
    {
        var pivotRow = a.AsSpan(p * Size, Size);
        pivotRow[p] = 1;
        for (var c = 0; c < Size; c++)
            pivotRow[c] *= inverse;
        for (var r = 0; r < Size; r++)
        {
            if (r == p)
                continue;
            var target = a.AsSpan(r * Size, Size);
            var factor = target[p];
            target[p] = 0;
            for (var c = 0; c < Size; c++)
                target[c] -= factor * pivotRow[c];
        }
    }

    private void Negate(int column)
    {
        for (var i = 0; i <= column; i++)
        {
            foreach (ref var value in new Span<float>(matrix.Block(i, column), Size * Size))
                value = -value;
        }
    }

    private static void Transpose(float* source, float* target, float sign)
    {
        for (var r = 0; r < Size; r++)
        {
            for (var c = 0; c < Size; c++)
                target[c * Size + r] = sign * source[r * Size + c];
        }
    }
}
