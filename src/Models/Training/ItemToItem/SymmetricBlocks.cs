using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training.ItemToItem;

/// <summary>
/// A symmetric matrix as square blocks of its upper triangle, one after the other: half the memory of the whole, and a block is
/// one contiguous piece. Rows past the matrix' own are those of the identity.
/// </summary>
internal sealed unsafe class SymmetricBlocks
{
    private const int Size = BlockKernel.Size;
    private const int BlockLength = Size * Size;

    private readonly FactorMatrix blocks;

    public SymmetricBlocks(int order)
    {
        Order = order;
        BlockCount = (order + Size - 1) / Size;
        blocks = new FactorMatrix(checked(BlockCount * (BlockCount + 1) / 2 * Size), Size);
        for (var n = order; n < BlockCount * Size; n++)
            this[n, n] = 1;
    }

    /// <summary>Rows and columns.</summary>
    public int Order { get; }

    /// <summary>Blocks in a row of them.</summary>
    public int BlockCount { get; }

    public ref float this[int row, int column]
    {
        get
        {
            var (i, j) = row / Size <= column / Size ? (row, column) : (column, row);
            return ref Block(i / Size, j / Size)[i % Size * Size + j % Size];
        }
    }

    /// <summary>Shape [192, 192], for row ≤ column.</summary>
    public float* Block(int row, int column) => blocks.Pointer + (nint)((long)column * (column + 1) / 2 + row) * BlockLength;

    /// <summary>Bytes of a matrix of this order with what inverting it needs.</summary>
    public static long Bytes(long order)
    {
        var count = (order + Size - 1) / Size;
        return (count * (count + 1) / 2 + 2 * count) * BlockLength * sizeof(float);
    }
}
