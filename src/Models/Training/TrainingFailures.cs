namespace Pipeline.Models.Training;

/// <summary>
/// What an algorithm says of data, settings or a machine that do not suit it: a catalogue too large for a closed form, titles that nothing
/// is known of, a native library that is not there, equations without a solution in float32. Others may still do.
/// </summary>
public static class TrainingFailures
{
    /// <summary>False for cancellation and for what is nobody's fault but the program's.</summary>
    public static bool IsOfAlgorithm(Exception problem) =>
        problem is AlgorithmSettingException or ArgumentException or ArithmeticException or OutOfMemoryException;
}
