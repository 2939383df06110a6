using System.CommandLine;
using Pipeline.Jobs.Commands;

var root = new RootCommand("Trains and publishes recommendations and popularity, on a timetable or on request.")
{
    WorkCommand.Create(), MigrateCommand.Create(), RunCommand.Create(), RecommendCommand.Create(), EvaluateCommand.Create(),
};
var parsed = root.Parse(args.Length == 0 ? ["work"] : args);
int status = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? ExitStatus.Usage : status;
