using Pipeline.Models.Kernels;
using Pipeline.Models.Training;

namespace Pipeline.Models.Tests.Kernels;

public sealed class PortableMathTests
{
    public static TheoryData<double> Numbers { get; } =
        [double.Epsilon, 1e-300, 1e-7, 0.3, 0.7071067811865475, 0.7071067811865476, 0.999999999, 1.0000000001, 1.4142135623730951, 1.5, 2.718281828459045, 10, 6_040.5, 1e9, 1e300, double.MaxValue];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Logarithms_are_those_of_the_library_but_for_the_last_digits(double x)
    {
        AssertNear(Math.Log(x), PortableMath.Log(x), 1e-15);
        AssertNear(Math.Log2(x), PortableMath.Log2(x), 1e-15);
    }

    [Fact]
    public void Logarithms_are_right_over_orders_of_magnitude()
    {
        var random = new Random(1);
        for (var n = 0; n < 100_000; n++)
        {
            var x = Math.Exp(random.NextDouble() * 1_000 - 500);
            AssertNear(Math.Log(x), PortableMath.Log(x), 1e-15);
            AssertNear(Math.Log2(x), PortableMath.Log2(x), 1e-15);
        }
    }

    [Fact]
    public void Powers_are_those_of_the_library_but_for_the_last_digits()
    {
        var random = new Random(2);
        for (var n = 0; n < 100_000; n++)
        {
            var (x, y) = (random.NextDouble() * 1e6, random.NextDouble() * 3 - 1.5);
            AssertNear(Math.Pow(x, y), PortableMath.Pow(x, y), 1e-14);
            AssertNear(Math.Pow(2, y * 40), PortableMath.Exp2(y * 40), 1e-15);
            AssertNear(Math.Exp(y * 20), PortableMath.Exp(y * 20), 1e-14);
        }
    }

    [Fact]
    public void Powers_of_two_are_exact()
    {
        for (var n = -1_074; n < 1_024; n++)
        {
            Assert.Equal(n, PortableMath.Log2(Math.ScaleB(1, n)));
            Assert.Equal(Math.ScaleB(1, n), PortableMath.Exp2(n));
        }
    }

    [Fact]
    public void What_has_no_logarithm_and_what_is_too_large_is_as_in_the_library()
    {
        Assert.Equal(0, PortableMath.Log(1));
        Assert.Equal(double.NegativeInfinity, PortableMath.Log(0));
        Assert.True(double.IsNaN(PortableMath.Log2(-1)));
        Assert.True(double.IsNaN(PortableMath.Log(double.NaN)));
        Assert.Equal(double.PositiveInfinity, PortableMath.Log(double.PositiveInfinity));
        Assert.Equal(double.PositiveInfinity, PortableMath.Exp2(1_024));
        Assert.Equal(0, PortableMath.Exp2(-1_200));
        Assert.Equal(0, PortableMath.Exp(double.NegativeInfinity));
        Assert.True(double.IsNaN(PortableMath.Exp2(double.NaN)));
    }

    // The very bits, so that a machine that rounds otherwise is found out.
    [Fact]
    public void The_same_bits_come_out_everywhere()
    {
        var random = new SplitMix64(7);
        ulong hash = 0;
        for (var n = 0; n < 10_000; n++)
        {
            var x = 1e-3 + random.NextUnit() * 1e4;
            foreach (var value in new[] { PortableMath.Log(x), PortableMath.Log2(x), PortableMath.Exp2(x / 1e3 - 5), PortableMath.Pow(x, 0.73) })
                hash = (hash ^ BitConverter.DoubleToUInt64Bits(value)) * 1_099_511_628_211;
        }
        Assert.Equal(7_192_088_876_175_911_237UL, hash);
    }

    private static void AssertNear(double expected, double actual, double error) =>
        Assert.True(Math.Abs(actual - expected) <= error * Math.Abs(expected), $"expected {expected:R}, got {actual:R}");
}
