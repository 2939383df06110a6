using System.Runtime.InteropServices;

namespace Pipeline.Models.Evaluation;

/// <summary>
/// Some rows of a table, a column each. Its memory is its own and not the collector's, so that it is given back the moment the rows are
/// used up: twenty million of them are a quarter of a gigabyte.
/// </summary>
internal sealed unsafe class RatingChunk : IDisposable
{
    /// <summary>Rows that a chunk has room for.</summary>
    public const int Capacity = 1 << 16;

    private int* codes = (int*)NativeMemory.Alloc(2 * Capacity, sizeof(int));
    private float* values;
    private long* times;

    ~RatingChunk() => Free();

    public int Count { get; set; }

    /// <summary>False where every value is 1.</summary>
    public bool HasValues => values is not null;

    public Span<int> Users => new(codes, Count);

    public Span<int> Items => new(codes + Capacity, Count);

    /// <summary>Empty where every value is 1.</summary>
    public Span<float> Values => new(values, values is null ? 0 : Count);

    /// <summary>Empty where they were left out.</summary>
    public Span<long> Times => new(times, times is null ? 0 : Count);

    public void Add(int user, int item, float value, long? time)
    {
        var row = Count++;
        codes[row] = user;
        codes[Capacity + row] = item;
        if (value != 1 && values is null)
            AllocateValues();
        if (values is not null)
            values[row] = value;
        if (time is { } at)
        {
            if (times is null)
                AllocateTimes();
            times[row] = at;
        }
    }

    public void AllocateValues()
    {
        values = (float*)NativeMemory.Alloc(Capacity, sizeof(float));
        new Span<float>(values, Capacity).Fill(1);
    }

    public void AllocateTimes() => times = (long*)NativeMemory.Alloc(Capacity, sizeof(long));

    public void DropTimes()
    {
        NativeMemory.Free(times);
        times = null;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(codes);
        NativeMemory.Free(values);
        NativeMemory.Free(times);
        codes = null;
        values = null;
        times = null;
        Count = 0;
    }
}
