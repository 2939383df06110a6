namespace Pipeline.Models.Training;

/// <summary>One worker's buffers for solving rows of one rank, several at a time.</summary>
internal sealed unsafe class AlsWorkspace
{
    /// <summary>Floats of equations that stay in the second cache beside what is read meanwhile.</summary>
    private const int MatrixFloats = 16 * 1024;

    private const int MaxSystems = 8;

    private readonly FactorMatrix matrices;
    private readonly FactorMatrix panel;
    private readonly FactorMatrix vectors;

    public AlsWorkspace(int stride)
    {
        PanelRows = PanelRowsFor(stride);
        Systems = Math.Clamp(MatrixFloats / (stride * stride), 1, MaxSystems);
        matrices = new FactorMatrix(Systems * stride, stride);
        panel = new FactorMatrix(PanelRows, stride);
        vectors = new FactorMatrix(3 * Systems, stride);
    }

    public int PanelRows { get; }

    /// <summary>Rows that are solved at once.</summary>
    public int Systems { get; }

    /// <summary>Shape [<see cref="Systems"/>, stride, stride].</summary>
    public float* Matrix => matrices.Pointer;

    /// <summary>Shape [<see cref="PanelRows"/>, stride].</summary>
    public float* Panel => panel.Pointer;

    /// <summary>Shape [<see cref="Systems"/>, stride].</summary>
    public float* RightSide => vectors.Pointer;

    /// <summary>Shape [<see cref="Systems"/>, stride].</summary>
    public float* InverseDiagonal => vectors.Pointer + (nint)Systems * vectors.Stride;

    /// <summary>Shape [<see cref="Systems"/>, stride].</summary>
    public float* Solution => vectors.Pointer + (nint)2 * Systems * vectors.Stride;

    /// <summary>As many rows as a 32-KiB cache holds, so that every tile of the Gram matrix reads them from there.</summary>
    public static int PanelRowsFor(int stride) => Math.Clamp(8192 / stride, 16, 128);
}
