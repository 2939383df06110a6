using System.Diagnostics;
using Pipeline.Servers;

namespace Pipeline.Compose.Tests;

/// <summary>What dev/Compose/secrets makes, in a temporary folder.</summary>
internal sealed class MadeSecrets : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("secrets-");

    public string Folder => Path.Combine(_parent.FullName, "secrets");

    public string this[string name] => File.ReadAllText(Path.Combine(Folder, name));

    public void Dispose() => _parent.Delete(recursive: true);

    /// <summary>Runs the script and returns the folder's files, by their names.</summary>
    public async Task<Dictionary<string, string>> MakeAsync(CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(Repository.PathOf("dev/Compose/secrets"), [Folder]))!;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? Directory.EnumerateFiles(Folder).ToDictionary(path => Path.GetFileName(path), File.ReadAllText)
            : throw new InvalidOperationException($"dev/Compose/secrets ended with status {process.ExitCode}");
    }
}
