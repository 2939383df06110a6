using System.Runtime.InteropServices;
using Pipeline.Services.Local;
using Pipeline.Services.Serving;
using Pipeline.Storage;

namespace Pipeline.Services.Commands;

/// <summary>The verbs of this program. Exit status: 0 done, 1 the work failed, 2 usage.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stopping = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            return await RunAsync(arguments, stopping.Token);
        }
        catch (Exception e) when (e is ServerException or AddressException)
        {
            await Console.Error.WriteLineAsync($"pipeline: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("pipeline: stopped before it was done; './pipeline down' stops what was started");
            return 1;
        }
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var home = Environment.GetEnvironmentVariable("PIPELINE_HOME") is { Length: > 0 } given ? given : Directory.GetCurrentDirectory();
        StateFolder State() => new(Path.Combine(home, ".run"));
        switch (arguments)
        {
            case ["up"]:
                await new Up(home, State(), Console.Error.WriteLine).RunAsync(cancellationToken);
                return 0;
            case ["down"]:
                await new Down(home, State(), Console.Error.WriteLine).RunAsync(cancellationToken);
                return 0;
            case ["status"]:
                await new Status(State()).PrintAsync(Console.Out, cancellationToken);
                return 0;
            case ["status", "--json"]:
                await new Status(State()).PrintJsonAsync(Console.Out, cancellationToken);
                return 0;
            case ["serve", .. var rest] when ServeOptions.Parse(rest) is { } options:
                await Serve.RunAsync(options, cancellationToken);
                return 0;
            case [.., "--help" or "-h"]:
                await Console.Out.WriteLineAsync(Usage);
                return 0;
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }

    private const string Usage = """
        usage: ./pipeline up | down | status [--json]

          up       finds or starts Kafka, MongoDB, MySQL and Redis, and starts the two workers
          down     stops what up started; data stays
          status   addresses and health; --json prints them as one JSON document

        Servers come from PIPELINE_KAFKA, PIPELINE_MONGO, PIPELINE_MYSQL and PIPELINE_REDIS where those are set, else from a Docker engine,
        else (Debian or Ubuntu, as root) from a root of Debian's packages in the user's cache folder.
        """;
}
