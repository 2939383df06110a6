namespace Pipeline.Services.Processes;

/// <summary>A lock between processes; the kernel releases it with its holder, so a crash leaves nothing behind.</summary>
internal static class FileLock
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <param name="waiting">Called once when somebody else holds the lock.</param>
    public static async Task<IDisposable> TakeAsync(string file, Action waiting, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        for (var first = true; ; first = false)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                if (first)
                    waiting();
                await Task.Delay(PollInterval, cancellationToken);
            }
        }
    }
}
