using System.CommandLine;
using Pipeline.Jobs.Hosting;
using Pipeline.Storage;

namespace Pipeline.Jobs.Commands;

/// <summary><c>work</c>: the host, until it is told to stop.</summary>
internal static class WorkCommand
{
    public static Command Create()
    {
        var command = new Command("work", "Run the timetable until stopped, with health, metrics and dashboard.");
        command.SetAction((_, cancellationToken) => ExitStatus.OfAsync(async () =>
        {
            await JobsHost.RunAsync(Addresses.FromEnvironment(), JobsSettings.FromEnvironment(), cancellationToken);
            return ExitStatus.Done;
        }));
        return command;
    }
}
