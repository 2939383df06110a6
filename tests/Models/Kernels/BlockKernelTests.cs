using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Kernels;

[Trait("speed", "fast")]
public sealed unsafe class BlockKernelTests
{
    [Theory]
    [InlineData(VectorWidth.Scalar)]
    [InlineData(VectorWidth.Bits128)]
    [InlineData(VectorWidth.Bits256)]
    [InlineData(VectorWidth.Bits512)]
    public void Products_are_those_of_the_plain_twin(VectorWidth width)
    {
        var (p, q) = (Random(1), Random(2));
        var (expected, actual) = (Random(3), Random(3));
        new PlainBlockKernel().Add(expected.Pointer, p.Pointer, q.Pointer);
        new PlainBlockKernel().Subtract(expected.Pointer, q.Pointer, q.Pointer);
        BlockKernel.For(width).Add(actual.Pointer, p.Pointer, q.Pointer);
        BlockKernel.For(width).Subtract(actual.Pointer, q.Pointer, q.Pointer);
        for (var row = 0; row < BlockKernel.Size; row++)
            Assert.Equal(expected[row], actual[row]);
    }

    [Theory]
    [InlineData(VectorWidth.Scalar)]
    [InlineData(VectorWidth.Bits128)]
    [InlineData(VectorWidth.Bits256)]
    [InlineData(VectorWidth.Bits512)]
    public void Scaled_rows_are_those_of_the_plain_twin(VectorWidth width)
    {
        for (var length = 0; length <= 2 * 16 + 1; length++)
        {
            var (x, expected, actual) = (Random(1)[0][..length].ToArray(), Random(2)[1][..length].ToArray(), Random(2)[1][..length].ToArray());
            new PlainRowKernel().AddScaled(expected, x, 0.37f);
            RowKernel.For(width).AddScaled(actual, x, 0.37f);
            Assert.Equal(expected, actual);
        }
    }

    private static FactorMatrix Random(int seed)
    {
        var random = new Random(seed);
        var matrix = new FactorMatrix(BlockKernel.Size, BlockKernel.Size);
        for (var row = 0; row < matrix.Rows; row++)
        {
            foreach (ref var value in matrix.PaddedRow(row))
                value = (float)(random.NextDouble() - 0.5);
        }
        return matrix;
    }
}
