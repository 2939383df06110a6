namespace Pipeline.Models.Training;

/// <summary>
/// Random numbers that are the same on every machine: G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators",
/// OOPSLA 2014.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>A generator for one part of the work, so that its draws do not depend on who did the others.</summary>
    public static SplitMix64 For(ulong seed, int first, int second = 0) =>
        new(new SplitMix64(seed + ((ulong)(uint)first << 32 | (uint)second)).Next());

    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to, not including, 1.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 up to, not including, <paramref name="bound"/>; biased by less than bound / 2³².</summary>
    public int NextBelow(int bound) => (int)((Next() >> 32) * (ulong)(uint)bound >> 32);

    public void Shuffle(Span<int> values)
    {
        for (var n = values.Length - 1; n > 0; n--)
        {
            var other = NextBelow(n + 1);
            (values[n], values[other]) = (values[other], values[n]);
        }
    }
}
