namespace Pipeline.Models.Training;

/// <summary>
/// Normal deviates from <see cref="SplitMix64"/>. Twelve uniform numbers are added, which needs no logarithm and so gives the same bytes
/// on every machine; the tails past ±6 that this cuts off do not matter to a starting point.
/// </summary>
internal struct SeededNormal(ulong seed)
{
    private SplitMix64 random = new(seed);

    public float Next()
    {
        var sum = 0.0;
        for (var n = 0; n < 12; n++)
            sum += random.NextUnit();
        return (float)(sum - 6);
    }
}
