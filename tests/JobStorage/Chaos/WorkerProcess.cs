using System.Diagnostics;
using System.Globalization;
using Hangfire;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>What a worker process is told.</summary>
/// <param name="Storage">Connection string for Hangfire's jobs, possibly through a proxy.</param>
/// <param name="Ledger">Connection string for the ledger, always direct.</param>
internal sealed record WorkerOrder(string Storage, string Ledger, string Host)
{
    public int Workers { get; init; } = 10;

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Recurring jobs are looked at this often; zero for not at all.</summary>
    public TimeSpan Schedule { get; init; }

    /// <summary>What its clock is off by, such as <c>+5m</c>; null for not at all.</summary>
    public string? Clock { get; init; }
}

/// <summary>A Hangfire server on our storage in a process of its own, so that it can be killed or stopped: this test program started again.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    public const string Verb = "work";

    /// <summary>Of Debian's package of the same name; null where it is not installed.</summary>
    public static string? FakeTime { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).FirstOrDefault()
        : null;

    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static WorkerProcess Start(WorkerOrder order)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (order.Clock is not null)
        {
            // Only the calendar is wrong; waits still take their time.
            start.Environment["LD_PRELOAD"] = FakeTime;
            start.Environment["FAKETIME"] = order.Clock;
            start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = start.Environment["DONT_FAKE_MONOTONIC"] = "1";
            start.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }
        foreach (string argument in (string[])["exec", typeof(WorkerProcess).Assembly.Location, Verb, order.Storage, order.Ledger, order.Host,
            Text(order.Workers), Text((long)order.Lease.TotalMilliseconds), Text((long)order.Schedule.TotalMilliseconds)])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        // Read, so that a full pipe never stops the worker.
        process.BeginErrorReadLine();
        return new WorkerProcess(process);
    }

    /// <summary>Until its server runs.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        if (await _process.StandardOutput.ReadLineAsync(cancellationToken) != "ready")
            throw new InvalidOperationException("the worker did not start");
    }

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

    /// <summary>Lets it finish what it runs.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>The child's side: works until its input ends.</summary>
    internal static async Task<int> RunAsync(string[] args)
    {
        ChaosJobs.Ledger = new Ledger(args[2]);
        ChaosJobs.Host = args[3];
        using var storage = new MySqlJobStorage(args[1], new MySqlJobStorageOptions
        {
            LeaseDuration = Time(args[5]), LockLease = Time(args[5]), QueuePollInterval = TimeSpan.FromMilliseconds(200),
            AggregationInterval = TimeSpan.FromSeconds(5),
        });
        var schedule = Time(args[6]);
        using (new BackgroundJobServer(new BackgroundJobServerOptions
        {
            ServerName = args[3], WorkerCount = int.Parse(args[4], CultureInfo.InvariantCulture), CancellationCheckInterval = TimeSpan.FromSeconds(1),
            SchedulePollingInterval = schedule > TimeSpan.Zero ? schedule : TimeSpan.FromSeconds(1), ShutdownTimeout = TimeSpan.FromSeconds(30),
        }, storage))
        {
            await Console.Out.WriteLineAsync("ready");
            while (await Console.In.ReadLineAsync() is not null)
            {
                // The end of the input is what counts.
            }
        }
        return 0;
    }

    private static TimeSpan Time(string milliseconds) => TimeSpan.FromMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
