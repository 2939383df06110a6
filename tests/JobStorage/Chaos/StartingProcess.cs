using System.Diagnostics;
using System.Globalization;
using Hangfire.Server;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>A process that opens the storage and announces a server when it is told to: this test program started again.</summary>
internal sealed class StartingProcess : IAsyncDisposable
{
    public const string Verb = "start";

    private readonly Process _process;

    private StartingProcess(Process process) => _process = process;

    public static StartingProcess Launch(string address) => new(Process.Start(
        new ProcessStartInfo("dotnet", ["exec", typeof(StartingProcess).Assembly.Location, Verb, address])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        })!);

    /// <summary>Until it waits for the word.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken) => Assert.Equal("ready", await _process.StandardOutput.ReadLineAsync(cancellationToken));

    /// <summary>Lets it start, and returns how many steps of the schema it applied.</summary>
    public async Task<int> GoAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync("go".AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        string? said = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        Assert.True(int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out int steps), $"it said '{said}' and ended");
        return steps;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>The child's side.</summary>
    internal static async Task<int> RunAsync(string[] args)
    {
        // Signing in takes a crowd its time where it shares two processors.
        using var storage = new MySqlJobStorage(args[1], new MySqlJobStorageOptions { RetryFor = Scale.Patience });
        await Console.Out.WriteLineAsync("ready");
        await Console.In.ReadLineAsync();
        int steps = storage.Migrate();
        using (var connection = storage.GetConnection())
            connection.AnnounceServer($"{Environment.ProcessId}", new ServerContext { Queues = ["default"], WorkerCount = 1 });
        await Console.Out.WriteLineAsync(steps.ToString(CultureInfo.InvariantCulture));
        return 0;
    }
}
