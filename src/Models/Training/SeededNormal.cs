namespace Pipeline.Models.Training;

/// <summary>
/// Normal deviates from SplitMix64. Twelve uniform numbers are added, which needs no logarithm and so gives the same bytes on every
/// machine; the tails past ±6 that this cuts off do not matter to a starting point.
/// </summary>
internal struct SeededNormal(ulong seed)
{
    private ulong state = seed;

    public float Next()
    {
        var sum = 0.0;
        for (var n = 0; n < 12; n++)
            sum += (NextBits() >> 11) * (1.0 / (1UL << 53));
        return (float)(sum - 6);
    }

    private ulong NextBits()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
