using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Kernels;

/// <summary>Every width against the plain twin: the same bytes, for every shape up to two of the widest registers and one more.</summary>
[Trait("speed", "fast")]
public sealed unsafe class KernelTests
{
    private static readonly Kernel Plain = new PlainKernel();

    // Pointers do not keep what they point into.
    private readonly List<FactorMatrix> kept = [];

    public static TheoryData<VectorWidth> Widths => [.. Enum.GetValues<VectorWidth>()];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Gram_sums_products_of_rows(VectorWidth width)
    {
        foreach (var k in new[] { 16, 32, 48, 64, 80, 128 })
        {
            for (var n = 0; n <= 33; n++)
            {
                var b = Random(n, k, seed: k + n);
                FactorMatrix expected = Random(k, k, seed: 7), actual = Random(k, k, seed: 7);
                Plain.AddGram(expected.Pointer, b.Pointer, n, k);
                Kernel.For(width).AddGram(actual.Pointer, b.Pointer, n, k);
                AssertUpperEqual(expected, actual);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Gather_scales_rows_and_sums_what_is_preferred(VectorWidth width)
    {
        var table = Random(50, 48, seed: 1);
        for (var n = 0; n <= 33; n++)
        {
            var rows = Enumerable.Range(0, n + 1).Select(t => t * 7 % 50).ToArray();
            var weights = rows.Select(row => row % 5 == 0 ? -0.5f : 0.25f * row).ToArray();
            FactorMatrix expected = Empty(n + 1, 48), actual = Empty(n + 1, 48), expectedSum = Random(1, 48, seed: 2), actualSum = Random(1, 48, seed: 2);
            fixed (int* row = rows)
            fixed (float* weight = weights)
            {
                Plain.Gather(expected.Pointer, table.Pointer, row, weight, n, 48, expectedSum.Pointer);
                Kernel.For(width).Gather(actual.Pointer, table.Pointer, row, weight, n, 48, actualSum.Pointer);
            }
            AssertEqual(expected, actual);
            AssertEqual(expectedSum, actualSum);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_without_weights_count_as_weighted_by_one(VectorWidth width)
    {
        foreach (var k in new[] { 16, 48, 64, 144 })
        {
            var table = Random(20, k, seed: 1);
            for (var n = 0; n <= 33; n++)
            {
                var rows = Enumerable.Range(0, n + 1).Select(t => t * 7 % 20).ToArray();
                var ones = rows.Select(_ => 1f).ToArray();
                FactorMatrix expected = Empty(n + 1, k), actual = Empty(n + 1, k), expectedSum = Random(1, k, seed: 2), actualSum = Random(1, k, seed: 2);
                fixed (int* row = rows)
                fixed (float* one = ones)
                {
                    Plain.Gather(expected.Pointer, table.Pointer, row, one, n, k, expectedSum.Pointer);
                    Kernel.For(width).Gather(actual.Pointer, table.Pointer, row, null, n, k, actualSum.Pointer);
                }
                AssertEqual(expected, actual);
                AssertEqual(expectedSum, actualSum);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Several_systems_are_solved_as_one_by_one(VectorWidth width)
    {
        const int K = 32;
        var matrix = PositiveDefinite(K);
        foreach (var systems in new[] { 1, 2, 3, 16, 17, 33 })
        {
            FactorMatrix expected = Empty(systems * K, K), actual = Empty(systems * K, K), expectedX = Random(systems, K, seed: 3), actualX = Copy(expectedX);
            FactorMatrix expectedInverse = Empty(systems, K), actualInverse = Empty(systems, K);
            for (var row = 0; row < systems * K; row++)
            {
                matrix.PaddedRow(row % K).CopyTo(expected.PaddedRow(row));
                expected.PaddedRow(row)[row % K] += row / K;
                expected.PaddedRow(row).CopyTo(actual.PaddedRow(row));
            }
            for (var system = 0; system < systems; system++)
            {
                float* one = expected.Pointer + system * K * K, inverse = expectedInverse.Pointer + system * K;
                Assert.True(Plain.Factor(one, inverse, K));
                Plain.Solve(one, inverse, expectedX.Pointer + system * K, K);
            }
            Assert.True(Kernel.For(width).Factor(actual.Pointer, actualInverse.Pointer, K, systems));
            Kernel.For(width).Solve(actual.Pointer, actualInverse.Pointer, actualX.Pointer, K, systems);
            AssertEqual(expectedInverse, actualInverse);
            AssertEqual(expectedX, actualX);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Factor_and_solve_agree_and_solve_the_equations(VectorWidth width)
    {
        foreach (var k in new[] { 16, 32, 48, 64, 80, 96, 112, 144 })
        {
            var (matrix, right) = (PositiveDefinite(k), Random(1, k, seed: 3));
            FactorMatrix expected = Copy(matrix), actual = Copy(matrix), expectedX = Copy(right), actualX = Copy(right);
            FactorMatrix expectedInverse = Empty(1, k), actualInverse = Empty(1, k);

            Assert.True(Plain.Factor(expected.Pointer, expectedInverse.Pointer, k));
            Assert.True(Kernel.For(width).Factor(actual.Pointer, actualInverse.Pointer, k));
            AssertUpperEqual(expected, actual);
            AssertEqual(expectedInverse, actualInverse);

            Plain.Solve(expected.Pointer, expectedInverse.Pointer, expectedX.Pointer, k);
            Kernel.For(width).Solve(actual.Pointer, actualInverse.Pointer, actualX.Pointer, k);
            AssertEqual(expectedX, actualX);
            for (var row = 0; row < k; row++)
            {
                var product = 0.0;
                for (var column = 0; column < k; column++)
                    product += (double)matrix[Math.Min(row, column)][Math.Max(row, column)] * actualX[0][column];
                Assert.Equal(right[0][row], product, 3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Factor_refuses_what_is_not_positive_definite(VectorWidth width)
    {
        foreach (var pivot in new[] { 0f, -1f, float.NaN })
        {
            var matrix = PositiveDefinite(32);
            matrix.PaddedRow(21)[21] = pivot;
            Assert.False(Kernel.For(width).Factor(matrix.Pointer, Empty(1, 32).Pointer, 32));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Dot_adds_sixteen_partial_sums(VectorWidth width)
    {
        for (var k = 0; k <= 160; k += Kernel.Alignment)
        {
            FactorMatrix x = Random(1, Math.Max(k, 1), seed: 4), y = Random(1, Math.Max(k, 1), seed: 5);
            Assert.Equal(Plain.Dot(x.Pointer, y.Pointer, k), Kernel.For(width).Dot(x.Pointer, y.Pointer, k));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Score_multiplies_eight_rows_with_a_panel(VectorWidth width)
    {
        for (var k = 1; k <= 33; k++)
        {
            FactorMatrix p = Random(k, 64, seed: 6), q = Random(k, Kernel.PanelColumns, seed: 8);
            FactorMatrix expected = Random(Kernel.ScoreRows, Kernel.PanelColumns, seed: 9), actual = Random(Kernel.ScoreRows, Kernel.PanelColumns, seed: 10);
            Plain.Score(expected.Pointer, p.Pointer + 8, 64, q.Pointer, k);
            Kernel.For(width).Score(actual.Pointer, p.Pointer + 8, 64, q.Pointer, k);
            AssertEqual(expected, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void At_least_marks_every_column_that_reaches_the_threshold(VectorWidth width)
    {
        var row = Random(1, Kernel.PanelColumns, seed: 11);
        foreach (var threshold in new[] { float.NegativeInfinity, -0.5f, row[0][17], 0f, 10f })
            Assert.Equal(Plain.AtLeast(row.Pointer, threshold), Kernel.For(width).AtLeast(row.Pointer, threshold));
    }

    private FactorMatrix Empty(int rows, int columns)
    {
        kept.Add(new FactorMatrix(rows, columns));
        return kept[^1];
    }

    private FactorMatrix Random(int rows, int columns, ulong seed) => Fill(Empty(rows, columns), seed);

    private FactorMatrix Random(int rows, int columns, int seed) => Random(rows, columns, (ulong)seed);

    private static FactorMatrix Fill(FactorMatrix matrix, ulong seed)
    {
        var normal = new SeededNormal(seed);
        for (var row = 0; row < matrix.Rows; row++)
        {
            foreach (ref var value in matrix.PaddedRow(row))
                value = normal.Next();
        }
        return matrix;
    }

    private FactorMatrix PositiveDefinite(int k)
    {
        var matrix = Empty(k, k);
        Plain.AddGram(matrix.Pointer, Random(2 * k, k, seed: 12).Pointer, 2 * k, k);
        for (var row = 0; row < k; row++)
            matrix.PaddedRow(row)[row] += 1;
        return matrix;
    }

    private FactorMatrix Copy(FactorMatrix matrix)
    {
        var copy = Empty(matrix.Rows, matrix.Rank);
        for (var row = 0; row < matrix.Rows; row++)
            matrix.PaddedRow(row).CopyTo(copy.PaddedRow(row));
        return copy;
    }

    private static void AssertEqual(FactorMatrix expected, FactorMatrix actual)
    {
        for (var row = 0; row < expected.Rows; row++)
            Assert.Equal(expected[row], actual[row]);
    }

    private static void AssertUpperEqual(FactorMatrix expected, FactorMatrix actual)
    {
        for (var row = 0; row < expected.Rows; row++)
            Assert.Equal(expected[row][row..], actual[row][row..]);
    }
}
