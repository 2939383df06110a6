namespace Pipeline.Models.Evaluation;

/// <summary>Distinct ids in order of appearance; an id's position is its code.</summary>
internal sealed class IdCodes
{
    private long[] ids = new long[16];
    private int[] slots = EmptySlots(32);
    private int count;
    private int last;

    public int Count => count;

    public ReadOnlySpan<long> Ids => ids.AsSpan(0, count);

    /// <summary>The id's code, a new one where it was not seen before.</summary>
    public int CodeOf(long id)
    {
        // Files mostly list a member's rows one after the other.
        if (last < count && ids[last] == id)
            return last;
        var slot = FirstSlot(id, slots.Length);
        for (; slots[slot] >= 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (ids[slots[slot]] == id)
                return last = slots[slot];
        }
        if (count == ids.Length)
            Array.Resize(ref ids, 2 * count);
        ids[count] = id;
        slots[slot] = count;
        last = count++;
        if (2 * count > slots.Length)
            Grow();
        return last;
    }

    private void Grow()
    {
        var grown = EmptySlots(2 * slots.Length);
        for (var code = 0; code < count; code++)
        {
            var slot = FirstSlot(ids[code], grown.Length);
            while (grown[slot] >= 0)
                slot = (slot + 1) & (grown.Length - 1);
            grown[slot] = code;
        }
        slots = grown;
    }

    // Fibonacci hashing: the upper bits of a product with 2⁶⁴ / φ.
    private static int FirstSlot(long id, int length) =>
        (int)((ulong)id * 0x9E3779B97F4A7C15 >> (64 - System.Numerics.BitOperations.Log2((uint)length)));

    private static int[] EmptySlots(int length)
    {
        var empty = new int[length];
        Array.Fill(empty, -1);
        return empty;
    }
}
