namespace Pipeline.Models.Training;

/// <summary>One worker's buffers for solving rows of one rank.</summary>
internal sealed unsafe class AlsWorkspace
{
    private readonly FactorMatrix matrix;
    private readonly FactorMatrix panel;
    private readonly FactorMatrix vectors;

    public AlsWorkspace(int stride)
    {
        PanelRows = PanelRowsFor(stride);
        matrix = new FactorMatrix(stride, stride);
        panel = new FactorMatrix(PanelRows, stride);
        vectors = new FactorMatrix(2, stride);
    }

    public int PanelRows { get; }

    /// <summary>Shape [stride, stride].</summary>
    public float* Matrix => matrix.Pointer;

    /// <summary>Shape [<see cref="PanelRows"/>, stride].</summary>
    public float* Panel => panel.Pointer;

    public float* RightSide => vectors.Pointer;

    public float* InverseDiagonal => vectors.Pointer + vectors.Stride;

    /// <summary>As many rows as a 32-KiB cache holds, so that every tile of the Gram matrix reads them from there.</summary>
    public static int PanelRowsFor(int stride) => Math.Clamp(8192 / stride, 16, 128);
}
