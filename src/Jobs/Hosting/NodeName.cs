using Pipeline.Storage;

namespace Pipeline.Jobs.Hosting;

/// <summary>
/// What a worker calls itself in Hangfire's table: machine and version. Hangfire adds the process and an id of its own behind that, and keeps
/// no other place for what a worker says of itself.
/// </summary>
internal static class NodeName
{
    public static string Own { get; } = $"{Environment.MachineName.ToLowerInvariant()}/{BuildVersion.Of(typeof(NodeName).Assembly)}";

    /// <param name="server">A name as Hangfire has it.</param>
    /// <returns>Machine and process, and the version; null for one that does not say.</returns>
    public static (string Name, string? Version) Read(string server)
    {
        if (server.Split(':') is not [var own, var process, _])
            return (server, null);
        return own.Split('/', 2) is [var machine, var version] ? ($"{machine}:{process}", version) : ($"{own}:{process}", null);
    }
}
