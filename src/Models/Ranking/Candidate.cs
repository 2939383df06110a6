namespace Pipeline.Models.Ranking;

/// <summary>
/// A scored item as one sortable number: the greater key is the better candidate, by score, then by the smaller item. Ties thus have
/// one answer everywhere.
/// </summary>
internal readonly record struct Candidate(ulong Key) : IComparable<Candidate>
{
    private const uint SignBit = 0x8000_0000;

    public Candidate(float score, int item)
        : this(((ulong)Ascending(score) << 32) | ~(uint)item)
    {
    }

    public float Score
    {
        get
        {
            var bits = (uint)(Key >> 32);
            return BitConverter.UInt32BitsToSingle((bits & SignBit) != 0 ? bits ^ SignBit : ~bits);
        }
    }

    public int Item => (int)~(uint)Key;

    /// <summary>Best first.</summary>
    public int CompareTo(Candidate other) => other.Key.CompareTo(Key);

    // Float bits that order like unsigned integers; adding 0 makes one zero of the two.
    private static uint Ascending(float score)
    {
        var bits = BitConverter.SingleToUInt32Bits(score + 0f);
        return (bits & SignBit) != 0 ? ~bits : bits | SignBit;
    }

    /// <summary>Moves the <paramref name="k"/> best to the front, in any order.</summary>
    public static void SelectBest(Span<Candidate> candidates, int k)
    {
        // Hoare's selection; the pivot is the median of three, so sorted input costs no more than any.
        int low = 0, high = candidates.Length - 1;
        while (low < high)
        {
            var pivot = MedianOfThree(candidates[low].Key, candidates[(low + high) >>> 1].Key, candidates[high].Key);
            int left = low, right = high;
            while (left <= right)
            {
                while (candidates[left].Key > pivot)
                    left++;
                while (candidates[right].Key < pivot)
                    right--;
                if (left <= right)
                {
                    (candidates[left], candidates[right]) = (candidates[right], candidates[left]);
                    left++;
                    right--;
                }
            }
            if (k - 1 <= right)
                high = right;
            else if (k - 1 >= left)
                low = left;
            else
                return;
        }
    }

    private static ulong MedianOfThree(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
