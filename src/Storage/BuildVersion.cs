using System.Reflection;

namespace Pipeline.Storage;

/// <summary>Which build a program is, for those who look at several of them.</summary>
public static class BuildVersion
{
    /// <summary>Of a commit: as many digits as people compare.</summary>
    private const int CommitDigits = 9;

    /// <summary>Such as <c>1.0.0+0123abcde</c>: the version, and the commit where the build knew it.</summary>
    public static string Of(Assembly program)
    {
        ArgumentNullException.ThrowIfNull(program);
        string version = program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        int commit = version.IndexOf('+', StringComparison.Ordinal) + 1;
        return commit > 0 && version.Length > commit + CommitDigits ? version[..(commit + CommitDigits)] : version;
    }
}
