using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <summary>
/// Factors, shape [rows, rank], float32. Rows start on cache lines and are padded with zeros, which every kernel leaves at zero.
/// </summary>
public sealed unsafe class FactorMatrix
{
    private readonly float[] values = [];
    private readonly int offset;

    // Memory that is not ours, and who keeps it.
    private readonly float* foreign;
    private readonly object? owner;

    public FactorMatrix(int rows, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        Rows = rows;
        Rank = rank;
        Stride = Kernel.Padded(rank);
        // Pinned, so that the alignment found here stays true.
        values = GC.AllocateArray<float>(checked(rows * Stride + Kernel.Alignment), pinned: true);
        offset = AlignmentOffset(values);
    }

    /// <summary>Factors that lie elsewhere, to be read only.</summary>
    /// <param name="owner">Kept reachable as long as this is.</param>
    internal FactorMatrix(float* foreign, int rows, int rank, object owner)
    {
        Rows = rows;
        Rank = rank;
        Stride = Kernel.Padded(rank);
        this.foreign = foreign;
        this.owner = owner;
    }

    public int Rows { get; }

    public int Rank { get; }

    /// <summary>Floats from one row to the next.</summary>
    internal int Stride { get; }

    public ReadOnlySpan<float> this[int row] => PaddedRow(row)[..Rank];

    internal Span<float> PaddedRow(int row)
    {
        if (owner is null)
            return values.AsSpan(offset + row * Stride, Stride);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return new Span<float>(foreign + (nint)row * Stride, Stride);
    }

    /// <summary>All rows with their padding.</summary>
    internal Span<float> Span => values.AsSpan(offset, Rows * Stride);

    /// <summary>The first row; valid as long as this object is reachable.</summary>
    internal float* Pointer => owner is null ? (float*)Unsafe.AsPointer(ref values[offset]) : foreign;

    private static int AlignmentOffset(float[] pinned)
    {
        var bytes = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)) % (Kernel.Alignment * sizeof(float));
        return bytes == 0 ? 0 : (int)(Kernel.Alignment - bytes / sizeof(float));
    }
}
