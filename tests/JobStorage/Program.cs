using Pipeline.JobStorage.Tests.Chaos;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    [WorkerProcess.Verb, ..] => await WorkerProcess.RunAsync(args),
    [StartingProcess.Verb, ..] => await StartingProcess.RunAsync(args),
    _ => await ConsoleRunner.Run(args),
};
