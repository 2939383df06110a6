using Microsoft.Win32.SafeHandles;

namespace Pipeline.Generator;

internal static class ExitStatus
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}

/// <summary>Writes the catalogue or the events to standard output.</summary>
internal static class GenerateCommand
{
    private const int OutputBuffer = 1 << 20;
    private const int BrokenPipe = 32;   // EPIPE, the same number on Linux and macOS

    public static async Task<int> RunAsync(GenerateOptions options, bool catalog, CancellationToken cancellationToken)
    {
        try
        {
            // Not Console's own stream: that one passes over a closed pipe, and would write on for nobody.
            using var handle = new SafeFileHandle(1, ownsHandle: false);
            await using var output = new FileStream(handle, FileAccess.Write, OutputBuffer);
            var world = new World(options.Members, options.Titles, options.Seed, options.Until);
            // Beside this method, which has to come back for the command line to listen to signals at all.
            await Task.Run(() => Write(world, options, catalog, output, cancellationToken), CancellationToken.None);
            return cancellationToken.IsCancellationRequested ? ExitStatus.Failed : ExitStatus.Done;
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            // Whoever reads has enough, as in `generate | head`.
            return ExitStatus.Done;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync($"generate: cannot write to standard output: {e.Message}");
            return ExitStatus.Failed;
        }
    }

    private static void Write(World world, GenerateOptions options, bool catalog, Stream output, CancellationToken cancellationToken)
    {
        if (catalog)
            CatalogWriter.Write(world.Titles, output);
        else
            WriteEvents(world, options, output, cancellationToken);
    }

    /// <summary>Ends behind a whole line when it is cancelled.</summary>
    private static void WriteEvents(World world, GenerateOptions options, Stream output, CancellationToken cancellationToken)
    {
        using var writer = new EventWriter();
        foreach (var line in new EventStream(world, options).Lines())
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            output.Write(writer.Write(line));
        }
    }
}
