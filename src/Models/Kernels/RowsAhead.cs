using System.Runtime.Intrinsics.X86;

namespace Pipeline.Models.Kernels;

/// <summary>
/// Rows of a table that the next gather will read. Asking for them while the registers are busy with something else hides the way to
/// memory, which is longer than a gather can look ahead by itself.
/// </summary>
internal readonly unsafe struct RowsAhead(float* table, int* rows, int count)
{
    private const int CacheLineFloats = 16;

    /// <summary>Asks for the <paramref name="part"/>-th of <paramref name="parts"/> equal shares of the rows.</summary>
    /// <param name="k">Floats per row.</param>
    public void Fetch(int part, int parts, int k)
    {
        if (!Sse.IsSupported)
            return;
        var end = (int)((long)count * (part + 1) / parts);
        for (var t = (int)((long)count * part / parts); t < end; t++)
        {
            var row = table + (nint)rows[t] * k;
            for (var line = 0; line < k; line += CacheLineFloats)
                Sse.Prefetch1(row + line);
        }
    }

    /// <summary>Asks for one row that is the next to be used.</summary>
    /// <param name="k">Floats per row.</param>
    public static void FetchNext(float* row, int k)
    {
        if (!Sse.IsSupported)
            return;
        for (var line = 0; line < k; line += CacheLineFloats)
            Sse.Prefetch0(row + line);
    }
}
