namespace Pipeline.Models.Training.Descent;

/// <summary>σ(x) = 1 / (1 + e⁻ˣ) from operations that IEEE 754 rounds the same everywhere; a library's exponential differs between machines.</summary>
internal static class PortableSigmoid
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;

    /// <summary>Error below 1e-7.</summary>
    public static float Of(float x)
    {
        var clamped = Math.Clamp(-(double)x, -60, 60);
        // e^y = 2^n e^r with |r| ≤ ln 2 / 2, and e^r by its series.
        var n = Math.Floor(clamped * Log2E + 0.5);
        var r = clamped - n * Ln2;
        var series = 1 + r * (1 + r / 2 * (1 + r / 3 * (1 + r / 4 * (1 + r / 5 * (1 + r / 6 * (1 + r / 7 * (1 + r / 8)))))));
        return (float)(1 / (1 + series * BitConverter.Int64BitsToDouble((long)(n + 1023) << 52)));
    }
}
