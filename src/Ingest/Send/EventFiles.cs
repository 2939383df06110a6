using System.CommandLine;
using System.IO.Compression;

namespace Pipeline.Ingest.Send;

/// <summary>Files of NDJSON: plain, gzip by the ending .gz, or <c>-</c> for standard input.</summary>
internal static class EventFiles
{
    private const string StandardInput = "-";

    // Without it, gzip that was cut short ends like a whole file.
    static EventFiles() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>The files that a command takes; a mistyped option is not taken for one.</summary>
    public static Argument<string[]> Argument(string description)
    {
        var files = new Argument<string[]>("FILE") { Description = description, Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.StartsWith("--", StringComparison.Ordinal)))
                result.AddError($"Unknown option '{token.Value}'; a file of that name is written ./{token.Value}");
        });
        return files;
    }

    /// <summary>Finds out whether every file can be read, before anything is sent.</summary>
    /// <exception cref="SendException">One cannot; the message names it.</exception>
    public static void Check(IReadOnlyList<string> files)
    {
        foreach (var file in files.Where(file => file != StandardInput))
            Open(file).Dispose();
    }

    /// <summary>Why a file could not be read to its end.</summary>
    public static string Words(string file, Exception problem) => problem is InvalidDataException && IsGzip(file)
        ? "it is no gzip file, or damaged; what is not compressed must not end in .gz"
        : problem.Message.TrimEnd('.');

    private static bool IsGzip(string file) => file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

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
            return IsGzip(file) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SendException($"cannot read {file}: {e.Message}", e);
        }
    }
}
