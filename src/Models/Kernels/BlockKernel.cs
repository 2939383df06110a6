namespace Pipeline.Models.Kernels;

/// <summary>Products of dense square blocks, for matrices that are worked on block by block. Every width computes the same bytes.</summary>
internal abstract unsafe class BlockKernel
{
    /// <summary>Rows and columns of a block: whole tiles of every width, and a strip of 48 columns that stays in the nearest cache.</summary>
    public const int Size = 192;

    private static readonly BlockKernel[] All =
    [
        new SimdBlockKernel<SimdScalar, float>(),
        new SimdBlockKernel<Simd128, System.Runtime.Intrinsics.Vector128<float>>(),
        new SimdBlockKernel<Simd256, System.Runtime.Intrinsics.Vector256<float>>(),
        new SimdBlockKernel<Simd512, System.Runtime.Intrinsics.Vector512<float>>(),
    ];

    public static BlockKernel For(VectorWidth width) => width switch
    {
        VectorWidth.Scalar => All[0],
        VectorWidth.Bits128 => All[1],
        VectorWidth.Bits256 => All[2],
        VectorWidth.Bits512 => All[3],
        _ => throw new ArgumentOutOfRangeException(nameof(width), width, "Not a width."),
    };

    /// <summary>C += PᵀQ, each element's products in the order of P's rows, rounded once each.</summary>
    /// <param name="c">Shape [<see cref="Size"/>, <see cref="Size"/>], as the others.</param>
    public abstract void Add(float* c, float* p, float* q);

    /// <summary>C −= PᵀQ, likewise.</summary>
    public abstract void Subtract(float* c, float* p, float* q);
}

/// <summary>What <see cref="BlockKernel"/> means, in plain loops.</summary>
internal sealed unsafe class PlainBlockKernel : BlockKernel
{
    public override void Add(float* c, float* p, float* q) => Run(c, p, q, 1);

    public override void Subtract(float* c, float* p, float* q) => Run(c, p, q, -1);

    private static void Run(float* c, float* p, float* q, float sign)
    {
        for (var row = 0; row < Size; row++)
        {
            for (var column = 0; column < Size; column++)
            {
                ref var sum = ref c[row * Size + column];
                for (var t = 0; t < Size; t++)
                    sum = MathF.FusedMultiplyAdd(sign * p[t * Size + row], q[t * Size + column], sum);
            }
        }
    }
}

/// <summary>Blocks for one width.</summary>
internal sealed unsafe class SimdBlockKernel<TSimd, TVector> : BlockKernel
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int Strip = 48;

    public override void Add(float* c, float* p, float* q) => Run<Plus>(c, p, q);

    public override void Subtract(float* c, float* p, float* q) => Run<Minus>(c, p, q);

    private static void Run<TSign>(float* c, float* p, float* q)
        where TSign : ISign
    {
        for (var column = 0; column < Size; column += Strip)
        {
            for (var row = 0; row < Size; row += Tile<TSimd, TVector, TSign>.Rows)
                Tile<TSimd, TVector, TSign>.FourRows(c + row * Size + column, Size, p + row, Size, q + column, Size, Size, Strip);
        }
    }
}
