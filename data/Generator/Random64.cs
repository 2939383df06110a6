using System.Numerics;

namespace Pipeline.Generator;

/// <summary>xoshiro256**: the same numbers from the same seed, on every machine and in every version of .NET.</summary>
/// <remarks>Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021. Seeded by SplitMix64, as they advise.</remarks>
public struct Random64
{
    private ulong _a, _b, _c, _d;

    /// <param name="seed">Of the whole world.</param>
    /// <param name="stream">Which of its independent streams: what is drawn in one does not move the others.</param>
    public Random64(long seed, ulong stream)
    {
        var state = (ulong)seed ^ (stream * 0xd1342543de82ef95);
        _a = SplitMix(ref state);
        _b = SplitMix(ref state);
        _c = SplitMix(ref state);
        _d = SplitMix(ref state);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 ≤ x &lt; <paramref name="end"/>.</summary>
    public int Below(int end) => (int)Math.BigMul(Next(), (ulong)end, out _);

    /// <summary>0 ≤ x &lt; 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public double Between(double from, double to) => from + ((to - from) * Unit());

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>Mean 0, deviation 1, within ±3.5: a sum of four uniform numbers, which needs no logarithm.</summary>
    public double Normal() => (Unit() + Unit() + Unit() + Unit() - 2) * 1.7320508075688772;

    public double Exponential(double mean) => -mean * PortableMath.Log(1 - Unit());

    /// <summary>The whole number below or above, so that the mean is <paramref name="value"/>.</summary>
    public int Round(double value)
    {
        var floor = (int)value;
        return Chance(value - floor) ? floor + 1 : floor;
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
