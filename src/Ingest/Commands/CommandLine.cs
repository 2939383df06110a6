using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Pipeline.Ingest.Import;
using Pipeline.Ingest.Send;
using Pipeline.Storage;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Commands;

/// <summary>The verbs of this program. Exit status: 0 done, 1 the work failed, 2 usage.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        // Usage lines name what was typed: './pipeline', which says so, or this program.
        var root = new Command(Environment.GetEnvironmentVariable("PIPELINE_COMMAND") ?? RootCommand.ExecutableName,
            "Kafka to the document store. Without a verb: work.")
        {
            new HelpOption(), new VersionOption(),
            WorkCommand.Create(), SendCommand.Create(), ImportCommand.Create(), LedgerCommand.Create(),
        };
        root.SetAction((_, cancellationToken) => WorkCommand.RunAsync(cancellationToken));
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }

        try
        {
            // Exceptions come here: each command says what went wrong in words, and only a fault of ours shows its stack.
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // A signal cancels the verb, and the worker stops in its own time; see its drain setting.
                ProcessTerminationTimeout = TimeSpan.FromMinutes(5),
            };
            return await parsed.InvokeAsync(configuration, CancellationToken.None);
        }
        catch (Exception e)
            when (e is AddressException or IngestSettingException or EventStoreUnavailableException or ErasureKeyException or SendException or IOException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("interrupted");
            return 1;
        }
    }
}
