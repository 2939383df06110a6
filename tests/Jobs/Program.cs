using Pipeline.Jobs.Tests.Publication;
using Xunit.Runner.InProc.SystemConsole;

return args is [PublisherProcess.Verb, ..] ? await PublisherProcess.RunAsync(args) : await ConsoleRunner.Run(args);
