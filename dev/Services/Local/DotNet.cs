using System.Runtime.InteropServices;

namespace Pipeline.Services.Local;

internal static class DotNet
{
    /// <summary>The dotnet program of this runtime. Not this process's own path: inside a test program that is the test program.</summary>
    public static string Host { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
}
