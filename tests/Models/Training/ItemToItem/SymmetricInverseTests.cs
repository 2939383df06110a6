using Pipeline.Models.Kernels;
using Pipeline.Models.Training;
using Pipeline.Models.Training.ItemToItem;

namespace Pipeline.Models.Tests.Training.ItemToItem;

[Trait("speed", "fast")]
public sealed class SymmetricInverseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(191)]
    [InlineData(192)]
    [InlineData(193)]
    [InlineData(500)]
    public void The_product_with_the_matrix_is_the_identity(int order)
    {
        var (matrix, plain) = PositiveDefinite(order);
        SymmetricInverse.Invert(matrix, ComputeOptions.Default, TestContext.Current.CancellationToken);
        for (var row = 0; row < order; row += Math.Max(1, order / 17))
        {
            for (var column = 0; column < order; column++)
            {
                var sum = 0.0;
                for (var n = 0; n < order; n++)
                    sum += plain[row][n] * matrix[n, column];
                Assert.Equal(row == column ? 1 : 0, sum, 2e-4);
            }
        }
    }

    [Fact]
    public void Threads_and_vector_width_do_not_change_a_byte()
    {
        var expected = Inverted(1, VectorWidth.Scalar);
        foreach (var width in Enum.GetValues<VectorWidth>())
            Assert.Equal(expected, Inverted(2, width));

        static float[] Inverted(int threads, VectorWidth width)
        {
            var (matrix, _) = PositiveDefinite(400);
            SymmetricInverse.Invert(matrix, new ComputeOptions { Threads = threads, VectorWidth = width }, TestContext.Current.CancellationToken);
            return [.. Enumerable.Range(0, 400).SelectMany(row => Enumerable.Range(row, 400 - row).Select(column => matrix[row, column]))];
        }
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_refused()
    {
        var matrix = new SymmetricBlocks(3);
        matrix[0, 0] = 1;
        matrix[1, 1] = -1;
        matrix[2, 2] = 1;
        Assert.Throws<ArithmeticException>(() => SymmetricInverse.Invert(matrix, ComputeOptions.Default, TestContext.Current.CancellationToken));
    }

    // AᵀA + I of random numbers.
    private static (SymmetricBlocks Matrix, double[][] Plain) PositiveDefinite(int order)
    {
        var random = new Random(order);
        var a = Enumerable.Range(0, order).Select(_ => Enumerable.Range(0, order).Select(_ => random.NextDouble() - 0.5).ToArray()).ToArray();
        var matrix = new SymmetricBlocks(order);
        var plain = Enumerable.Range(0, order).Select(_ => new double[order]).ToArray();
        for (var row = 0; row < order; row++)
        {
            for (var column = row; column < order; column++)
            {
                var sum = row == column ? 1.0 : 0.0;
                for (var n = 0; n < order; n++)
                    sum += a[n][row] * a[n][column] * 10 / order;
                matrix[row, column] = (float)sum;
                plain[row][column] = plain[column][row] = (float)sum;
            }
        }
        return (matrix, plain);
    }
}
