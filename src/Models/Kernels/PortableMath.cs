namespace Pipeline.Models.Kernels;

/// <summary>
/// Logarithms and powers from additions, multiplications and divisions alone, which IEEE 754 rounds the same everywhere. Those of
/// <see cref="Math"/> are the C library's, whose last digits differ between libraries, and within one between processors that have fused
/// multiply-add and others; a model made with them would not be the same bytes on another machine.
/// </summary>
internal static class PortableMath
{
    private const double Sqrt2 = 1.4142135623730951;
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts: the first has 32 bits, so that its product with any exponent is exact.
    private const double Ln2High = 0.6931471803691238;
    private const double Ln2Low = 1.9082149292705877e-10;

    // 1 / n!
    private static ReadOnlySpan<double> InverseFactorials =>
    [
        1, 1, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5_040, 1.0 / 40_320, 1.0 / 362_880, 1.0 / 3_628_800, 1.0 / 39_916_800,
        1.0 / 479_001_600, 1.0 / 6_227_020_800, 1.0 / 87_178_291_200,
    ];

    private static ReadOnlySpan<double> OddInverses =>
        [1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21];

    /// <summary>Natural logarithm of a positive, finite number; error below 2 units in the last place.</summary>
    /// <returns>−∞ of 0, NaN of what is below it.</returns>
    public static double Log(double x)
    {
        if (!(x > 0 && double.IsFinite(x)))
            return OfNoNumber(x);
        var (mantissa, exponent) = Split(x);
        return exponent * Ln2High + (LogNearOne(mantissa) + exponent * Ln2Low);
    }

    /// <summary>Logarithm to the base 2, exact for powers of 2; error below 2 units in the last place.</summary>
    /// <returns>−∞ of 0, NaN of what is below it.</returns>
    public static double Log2(double x)
    {
        if (!(x > 0 && double.IsFinite(x)))
            return OfNoNumber(x);
        var (mantissa, exponent) = Split(x);
        return exponent + LogNearOne(mantissa) * Log2E;
    }

    /// <summary>2ˣ, exact for whole x; error below 2 units in the last place.</summary>
    public static double Exp2(double x)
    {
        if (!(Math.Abs(x) < 1_100))
            return double.IsNaN(x) ? x : x > 0 ? double.PositiveInfinity : 0;
        var whole = Math.Floor(x + 0.5);
        // e^r with |r| ≤ ln 2 / 2 by its series, whose fifteenth term is below the last place.
        var fraction = x - whole;
        var r = fraction * Ln2High + fraction * Ln2Low;
        var series = InverseFactorials[^1];
        for (var n = InverseFactorials.Length - 2; n >= 0; n--)
            series = InverseFactorials[n] + r * series;
        return Math.ScaleB(series, (int)whole);
    }

    /// <summary>eˣ; the error grows with |x|, to 1e-14 of the result at 40.</summary>
    public static double Exp(double x) => Exp2(x * Log2E);

    /// <summary>xʸ for x above 0; the error grows with |y log₂ x|, to 1e-14 of the result at 60.</summary>
    public static double Pow(double x, double y) => Exp2(y * Log2(x));

    private static double OfNoNumber(double x) => x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;

    /// <returns>x = mantissa · 2^exponent, with the mantissa from √½ to √2.</returns>
    private static (double Mantissa, int Exponent) Split(double x)
    {
        var exponent = Math.ILogB(x);
        var mantissa = Math.ScaleB(x, -exponent);
        return mantissa > Sqrt2 ? (mantissa / 2, exponent + 1) : (mantissa, exponent);
    }

    // ln m = 2 artanh((m − 1) / (m + 1)), and that by its series in z = s² ≤ 0.0295.
    private static double LogNearOne(double mantissa)
    {
        var s = (mantissa - 1) / (mantissa + 1);
        var z = s * s;
        var series = 0.0;
        for (var n = OddInverses.Length - 1; n >= 0; n--)
            series = z * (OddInverses[n] + series);
        return 2 * (s + s * series);
    }
}
