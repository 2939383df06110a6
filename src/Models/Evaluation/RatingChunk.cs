using System.Runtime.InteropServices;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Some rows of a table, a column each. Its memory is its own and not the collector's, so that it is given back the moment the rows are
/// used up: twenty million of them are a quarter of a gigabyte.
/// </summary>
internal sealed unsafe class RatingChunk : IDisposable
{
    /// <summary>
    /// Rows that fill more than 32 MiB, from which on the C library takes each allocation from the system and gives it back at once.
    /// Pages that nothing was written to are not taken.
    /// </summary>
    public const int Most = 1 << 21;

    private const int RowBytes = sizeof(long) + sizeof(int) + sizeof(int) + sizeof(float);

    private byte* memory;

    public RatingChunk(int capacity)
    {
        Capacity = capacity;
        memory = (byte*)NativeMemory.Alloc((nuint)capacity, RowBytes);
    }

    ~RatingChunk() => Free();

    /// <summary>Rows that it has room for.</summary>
    public int Capacity { get; }

    public int Count { get; set; }

    /// <summary>False where every value is 1.</summary>
    public bool HasValues { get; private set; }

    public bool HasTimes { get; private set; }

    /// <summary>Empty where they were left out.</summary>
    public Span<long> Times => new(memory, HasTimes ? Count : 0);

    public Span<int> Users => new(memory + (8 * (nint)Capacity), Count);

    public Span<int> Items => new(memory + (12 * (nint)Capacity), Count);

    /// <summary>Empty where every value is 1.</summary>
    public Span<float> Values => new(memory + (16 * (nint)Capacity), HasValues ? Count : 0);

    /// <summary>Gives the rows so far the value 1, and those to come room for theirs.</summary>
    public void AddValues()
    {
        HasValues = true;
        Values.Fill(1);
    }

    public void AddTimes() => HasTimes = true;

    public void DropTimes() => HasTimes = false;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(memory);
        memory = null;
        Count = 0;
    }
}
