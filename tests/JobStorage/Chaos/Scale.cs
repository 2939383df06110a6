using System.Globalization;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>How much the chaos tests do. Small by default, so that all tests stay under ten minutes; the numbers grow by environment variables.</summary>
internal static class Scale
{
    /// <summary><c>PIPELINE_CHAOS_JOBS</c>: jobs that are drained.</summary>
    public static int Jobs { get; } = Number("PIPELINE_CHAOS_JOBS", 300);

    /// <summary><c>PIPELINE_CHAOS_TICKS</c>: times of a recurring job.</summary>
    public static int Ticks { get; } = Number("PIPELINE_CHAOS_TICKS", 15);

    /// <summary><c>PIPELINE_CHAOS_LEASES</c>: how many leases a long job runs. A job of an hour runs 60 at the default lease.</summary>
    public static int Leases { get; } = Number("PIPELINE_CHAOS_LEASES", 3);

    /// <summary><c>PIPELINE_CHAOS_STARTS</c>: processes that start at once on an empty database.</summary>
    public static int Starts { get; } = Number("PIPELINE_CHAOS_STARTS", 10);

    /// <summary>However slow the machine is.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds((Jobs / 20) + (Leases * 10));

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
