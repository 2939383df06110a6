using Pipeline.Jobs.Runs;

namespace Pipeline.Jobs.Publication;

/// <summary>Whether a run may change what readers get, for jobs that do.</summary>
internal static class Publishing
{
    public static readonly JobParameter<string> Wanted = JobParameters.Text(
        "publish", "yes to change what readers get, no to leave it as it is", "yes, no", "yes", Check);

    /// <summary>The setting by which it may not.</summary>
    public static string Off { get; } = $"{Wanted.Name}=no";

    public static bool IsWanted(ParameterValues values) => values.Get(Wanted) == "yes";

    private static void Check(string text)
    {
        if (text is not ("yes" or "no"))
            throw new FormatException();
    }
}
