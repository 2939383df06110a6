using Pipeline.Jobs.Tests.Hosting;
using Pipeline.Jobs.Tests.Publication;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    [PublisherProcess.Verb, ..] => await PublisherProcess.RunAsync(args),
    [HostProcess.Verb, ..] => await HostProcess.RunAsync(args),
    _ => await ConsoleRunner.Run(args),
};
