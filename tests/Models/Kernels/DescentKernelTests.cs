using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Kernels;

[Trait("speed", "fast")]
public sealed unsafe class DescentKernelTests
{
    // Neighbours that share no row, one of the two, and both.
    private static readonly int[] First = [0, 1, 2, 0, 1, 1, 2, 0, 0, 1, 2];
    private static readonly int[] Second = [3, 0, 7, 3, 3, 1, 1, 5, 5, 2, 4];
    private static readonly float[] Labels = [1, -0.5f, 2, 0.25f, 1.5f, 0, 1, -1, 0.75f, 2, 0.5f];

    public static TheoryData<VectorWidth, int> Cases()
    {
        var cases = new TheoryData<VectorWidth, int>();
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            foreach (var rank in new[] { 1, 8, 16, 17, 40, 64 })
                cases.Add(width, rank);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Squared_steps_are_those_of_the_plain_twin(VectorWidth width, int rank)
    {
        foreach (var firstLineOnly in new[] { false, true })
        {
            foreach (var nonNegative in new[] { false, true })
            {
                var rates = new DescentRates(0.1f, 0.05f, firstLineOnly, nonNegative);
                Assert.Equal(Stepped(new PlainDescentKernel(), rank, rates), Stepped(DescentKernel.For(width), rank, rates));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pair_steps_are_those_of_the_plain_twin(VectorWidth width, int rank)
    {
        Assert.Equal(Paired(new PlainDescentKernel(), rank), Paired(DescentKernel.For(width), rank));
    }

    private static float[] Stepped(DescentKernel kernel, int rank, DescentRates rates)
    {
        var (first, second) = (Random(3, rank, 1), Random(8, rank, 2));
        float[] gp = [.. Enumerable.Repeat(1f, 6)], gq = [.. Enumerable.Repeat(1f, 16)];
        double loss;
        fixed (float* gpPointer = gp, gqPointer = gq, labels = Labels)
        fixed (int* prows = First, qrows = Second)
        {
            loss = kernel.SquaredSteps(
                first.Pointer, gpPointer, second.Pointer, gqPointer, prows, qrows, labels, Labels.Length, new DescentShape(first.Stride, rank), rates);
        }
        return [(float)loss, .. gp, .. gq, .. All(first), .. All(second)];
    }

    private static float[] Paired(DescentKernel kernel, int rank)
    {
        var table = Random(3, rank, 3);
        float* p = table.Pointer, a = p + table.Stride, b = a + table.Stride;
        var before = kernel.DifferenceDot(p, a, b, table.Stride);
        kernel.PairStep(p, a, b, table.Stride, 0.7f, 0.1f, 0.02f);
        return [before, kernel.DifferenceDot(p, a, b, table.Stride), .. All(table)];
    }

    private static IEnumerable<float> All(FactorMatrix matrix) =>
        Enumerable.Range(0, matrix.Rows).SelectMany(row => matrix.PaddedRow(row).ToArray());

    private static FactorMatrix Random(int rows, int rank, int seed)
    {
        var random = new Random(seed);
        var matrix = new FactorMatrix(rows, rank);
        for (var row = 0; row < rows; row++)
        {
            foreach (ref var value in matrix.PaddedRow(row)[..rank])
                value = (float)random.NextDouble();
        }
        return matrix;
    }
}
