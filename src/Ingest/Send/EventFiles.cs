using System.IO.Compression;

namespace Pipeline.Ingest.Send;

/// <summary>Files of NDJSON: plain, gzip by the ending .gz, or <c>-</c> for standard input.</summary>
internal static class EventFiles
{
    private const string StandardInput = "-";

    // Without it, gzip that was cut short ends like a whole file.
    static EventFiles() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>Finds out whether every file can be read, before anything is sent.</summary>
    /// <exception cref="SendException">One cannot; the message names it.</exception>
    public static void Check(IReadOnlyList<string> files)
    {
        foreach (var file in files.Where(file => file != StandardInput))
            Open(file).Dispose();
    }

    /// <exception cref="SendException">It cannot be read.</exception>
    public static Stream Open(string file)
    {
        if (file == StandardInput)
            return Console.OpenStandardInput();
        if (Directory.Exists(file))
            throw new SendException($"cannot read {file}: it is a directory");
        try
        {
            var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            return file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SendException($"cannot read {file}: {e.Message}", e);
        }
    }
}
