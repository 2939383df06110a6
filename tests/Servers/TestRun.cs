using Xunit.Sdk;
using Xunit.v3;

namespace Pipeline.Servers;

/// <summary>Ends the shared servers when the last test has ended, and before the runner counts the seconds that a process takes to exit.</summary>
public sealed class TestRun : ITestPipelineStartup
{
    public ValueTask StartAsync(IMessageSink diagnosticMessageSink) => default;

    public async ValueTask StopAsync() => await TestServers.EndAsync();
}
