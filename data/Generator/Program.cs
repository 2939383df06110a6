using System.CommandLine;
using Pipeline.Generator;

var parsed = new CommandLine(GenerateCommand.RunAsync).Root.Parse(args);
if (parsed.Errors.Count == 0)
{
    // Time for a reader who is slow to take the last lines.
    return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(5) });
}

// Standard output is for events alone: what is wrong, and the usage, go beside it.
await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error });
return ExitStatus.Usage;
