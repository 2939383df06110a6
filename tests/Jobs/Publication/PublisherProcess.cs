using System.Diagnostics;
using System.Globalization;
using Pipeline.Jobs.Runs;

namespace Pipeline.Jobs.Tests.Publication;

/// <summary>
/// A publisher in a process of its own, so that it can be killed or stopped: this test program started again. It says each step that
/// it has reached and waits to be told to go on.
/// </summary>
public sealed class PublisherProcess : IAsyncDisposable
{
    public const string Verb = "publish-stamped";

    private readonly Process _process;

    private PublisherProcess(Process process) => _process = process;

    /// <param name="scheduledAt">The run's time: another attempt at the same time takes the run over.</param>
    public static PublisherProcess Start(JobStores stores, long stamp, DateTime scheduledAt, TimeSpan lease)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string argument in (string[])["exec", typeof(PublisherProcess).Assembly.Location, Verb, stores.MySqlAddress, stores.RedisAddress,
            Text(stamp), scheduledAt.ToString("O", CultureInfo.InvariantCulture), Text((long)lease.TotalMilliseconds)])
            start.ArgumentList.Add(argument);
        return new PublisherProcess(Process.Start(start)!);
    }

    /// <summary>Lets the process work until it has reached <paramref name="step"/>, where it stays.</summary>
    public async Task WaitForAsync(object step, CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is var said && said != step.ToString())
            await GoOnAsync();
    }

    public async Task GoOnAsync()
    {
        await _process.StandardInput.WriteLineAsync("go");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>What the process says next: a step, or how its run ended.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("the publisher has ended");

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGSTOP or SIGCONT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Text(_process.Id)]);
        await kill.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, kill.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>The child's side.</summary>
    internal static async Task<int> RunAsync(string[] args)
    {
        await using var stores = new JobStores(args[1], args[2]);
        var job = new StampedJob(stores.Publisher, long.Parse(args[3], CultureInfo.InvariantCulture), async (step, cancellationToken) =>
        {
            await Console.Out.WriteLineAsync(step.ToString());
            await Console.In.ReadLineAsync(cancellationToken);
        });
        var scheduledAt = DateTime.Parse(args[4], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        var lease = TimeSpan.FromMilliseconds(long.Parse(args[5], CultureInfo.InvariantCulture));
        var report = await stores.Ledger(lease).RunAsync(
            job, StampedJob.NoParameters, new RunOrder(scheduledAt, "a test", _ => { }), CancellationToken.None);
        await Console.Out.WriteLineAsync(report.End.ToString());
        return 0;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
