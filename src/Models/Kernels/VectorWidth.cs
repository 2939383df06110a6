using System.Runtime.Intrinsics;

namespace Pipeline.Models.Kernels;

/// <summary>How many bits of floats one instruction takes. Every width computes the same bytes; they differ in speed alone.</summary>
public enum VectorWidth
{
    /// <summary>One float at a time.</summary>
    Scalar = 32,
    Bits128 = 128,
    Bits256 = 256,
    Bits512 = 512,
}

/// <summary>Which widths there are here, and which one is taken.</summary>
public static class VectorWidths
{
    /// <summary>
    /// Name of the <see cref="AppContext"/> value that forces a width: 32 (scalar), 128, 256 or 512. A width that the processor lacks
    /// still computes, slowly.
    /// </summary>
    public const string SwitchName = "Pipeline.Models.VectorWidth";

    /// <summary>Forces the width that a setting names; empty or null leaves the choice as it is.</summary>
    /// <returns>False where the setting is no width.</returns>
    public static bool TryForce(string? setting)
    {
        if (string.IsNullOrWhiteSpace(setting))
            return true;
        if (!int.TryParse(setting, System.Globalization.CultureInfo.InvariantCulture, out var bits) || !Enum.IsDefined((VectorWidth)bits))
            return false;
        AppContext.SetData(SwitchName, bits);
        return true;
    }

    /// <summary>The widest that the processor computes in hardware.</summary>
    public static VectorWidth Widest { get; } =
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>The forced width, or the widest.</summary>
    /// <exception cref="InvalidOperationException">The switch holds something else than a width.</exception>
    public static VectorWidth Chosen => AppContext.GetData(SwitchName) switch
    {
        null => Widest,
        var value when Enum.TryParse<VectorWidth>(value.ToString(), out var width) && Enum.IsDefined(width) => width,
        var value => throw new InvalidOperationException($"{SwitchName} is '{value}'; expected 32, 128, 256 or 512."),
    };
}
