using System.CommandLine;
using System.CommandLine.Help;
using Pipeline.Jobs;
using Pipeline.Jobs.Commands;
using Pipeline.Models.Kernels;

if (!VectorWidths.TryForce(Environment.GetEnvironmentVariable(JobsSettings.VectorWidthVariable)))
{
    await Console.Error.WriteLineAsync($"{JobsSettings.VectorWidthVariable} must be 32, 128, 256 or 512");
    return ExitStatus.Usage;
}
// Usage lines name what was typed: './pipeline', which says so, or this program.
var root = new Command(Environment.GetEnvironmentVariable("PIPELINE_COMMAND") ?? RootCommand.ExecutableName,
    "Trains and publishes recommendations and popularity, on a timetable or on request.")
{
    new HelpOption(), new VersionOption(),
    WorkCommand.Create(), MigrateCommand.Create(), RunCommand.Create(), RecommendCommand.Create(), EvaluateCommand.Create(), ConvertCommand.Create(),
    ExportCommand.Create(), ModelsCommand.Create(), OperatorCommand.Create(), AuditCommand.Create(),
};
var parsed = root.Parse(args.Length == 0 ? ["work"] : args);
bool usable = parsed.Errors.Count == 0;
int status = await parsed.InvokeAsync(new InvocationConfiguration
{
    // Standard output is for what was asked for.
    Output = usable ? Console.Out : Console.Error,
    // A signal ends the work in order; who sent it has the last word.
    ProcessTerminationTimeout = TimeSpan.FromMinutes(5),
});
return usable ? status : ExitStatus.Usage;
