namespace Pipeline.Generator;

/// <summary>
/// Functions whose results in <see cref="Math"/> may differ in the last bit between machines. These use only additions,
/// multiplications and divisions, which IEEE 754 fixes to the bit.
/// </summary>
public static class PortableMath
{
    private const double Ln2 = 0.6931471805599453;

    /// <summary>e^x to about 15 digits, for |x| &lt; 700.</summary>
    public static double Exp(double x)
    {
        var k = Math.Floor((x / Ln2) + 0.5);
        var r = x - (k * Ln2);
        var sum = 1.0;
        for (var n = 14; n > 0; n--)
            sum = 1 + (r * sum / n);
        return sum * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }

    /// <summary>Natural logarithm to about 15 digits, for normal positive x.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xfffffffffffff) | 0x3ff0000000000000);
        if (mantissa > 1.4142135623730951)
            (mantissa, exponent) = (mantissa / 2, exponent + 1);

        // ln m = 2 artanh((m − 1) / (m + 1)), and |s| ≤ 0.172.
        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var sum = 0.0;
        for (var n = 21; n > 0; n -= 2)
            sum = (1.0 / n) + (square * sum);
        return (2 * s * sum) + (exponent * Ln2);
    }

    public static double Pow(double x, double y) => Exp(y * Log(x));
}
