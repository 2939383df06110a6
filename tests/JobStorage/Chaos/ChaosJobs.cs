using Hangfire;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>What the workers of the chaos tests run.</summary>
public static class ChaosJobs
{
    /// <summary>Set once, in the worker's process.</summary>
    internal static Ledger Ledger { get; set; } = null!;

    internal static string Host { get; set; } = "";

    /// <summary>Begins, works for a while, has its effect.</summary>
    [AutomaticRetry(Attempts = 20, DelaysInSeconds = [1])]
    public static void Work(long number, int milliseconds, CancellationToken cancellationToken)
    {
        Ledger.Began(number, Host);
        if (milliseconds > 0)
            cancellationToken.WaitHandle.WaitOne(milliseconds);
        cancellationToken.ThrowIfCancellationRequested();
        Ledger.Effect(number, Host);
    }

    /// <summary>Goes on to its end whatever its token says, as code does that takes none.</summary>
    [AutomaticRetry(Attempts = 0)]
    public static string Deaf(long number, int milliseconds)
    {
        Ledger.Began(number, Host);
        using var pause = new ManualResetEventSlim();
        pause.Wait(milliseconds);
        return Host;
    }

    /// <summary>Runs until it is told to stop, and notes that it was.</summary>
    [AutomaticRetry(Attempts = 0)]
    public static void UntilCancelled(long number, CancellationToken cancellationToken)
    {
        Ledger.Began(number, Host);
        cancellationToken.WaitHandle.WaitOne();
        Ledger.Effect(number, Host);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
