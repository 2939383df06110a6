using Microsoft.Extensions.Logging;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>Logs into the output of the test, which a runner shows when the test fails.</summary>
internal sealed class TestOutputLogger<T>(string name) : ILogger<T>
{
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _output?.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {name} {logLevel} {formatter(state, exception)} {exception}");
}
