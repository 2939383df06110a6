namespace Pipeline.Models.Evaluation;

/// <summary>Distinct ids in order of appearance; an id's position is its code.</summary>
internal sealed class IdCodes
{
    // A table of 16 MB at most.
    private const int MostDirect = 1 << 22;

    private long[] ids = new long[16];

    // Codes + 1 of small ids, which most files have, by id; all others are hashed.
    private int[] direct = [];
    private int[] slots = EmptySlots(32);
    private int count;
    private int hashed;

    public int Count => count;

    public ReadOnlySpan<long> Ids => ids.AsSpan(0, count);

    /// <summary>The id's code, a new one where it was not seen before.</summary>
    public int CodeOf(long id) => (ulong)id < (ulong)direct.Length && direct[id] is > 0 and var code ? code - 1 : Find(id);

    /// <summary>Codes of many ids, in their order.</summary>
    public void CodesOf(ReadOnlySpan<long> values, Span<int> codes)
    {
        for (var n = 0; n < values.Length; n++)
            codes[n] = CodeOf(values[n]);
    }

    private int Find(long id)
    {
        if ((ulong)id < MostDirect)
        {
            if (id >= direct.Length)
                Array.Resize(ref direct, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)id + 1));
            direct[id] = count + 1;
            return Append(id);
        }
        var slot = FirstSlot(id, slots.Length);
        for (; slots[slot] >= 0; slot = (slot + 1) & (slots.Length - 1))
        {
            if (ids[slots[slot]] == id)
                return slots[slot];
        }
        slots[slot] = count;
        var code = Append(id);
        if (2 * ++hashed > slots.Length)
            Grow();
        return code;
    }

    private int Append(long id)
    {
        if (count == ids.Length)
            Array.Resize(ref ids, 2 * count);
        ids[count] = id;
        return count++;
    }

    private void Grow()
    {
        var grown = EmptySlots(2 * slots.Length);
        foreach (var code in slots.Where(code => code >= 0))
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
