using Pipeline.Models.Kernels;

namespace Pipeline.Models.Training;

/// <summary>How to compute; neither changes a result.</summary>
public sealed record ComputeOptions
{
    public static ComputeOptions Default { get; } = new();

    public int Threads { get; init; } = Environment.ProcessorCount;

    public VectorWidth VectorWidth { get; init; } = VectorWidths.Chosen;
}
