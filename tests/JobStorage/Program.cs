using Pipeline.JobStorage.Tests.Chaos;
using Xunit.Runner.InProc.SystemConsole;

return args is [WorkerProcess.Verb, ..] ? await WorkerProcess.RunAsync(args) : await ConsoleRunner.Run(args);
