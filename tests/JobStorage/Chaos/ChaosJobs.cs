using Hangfire;
using Hangfire.Server;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>What the workers of the chaos tests run.</summary>
public static class ChaosJobs
{
    /// <summary>Set once, in the worker's process.</summary>
    internal static Ledger Ledger { get; set; } = null!;

    internal static string Host { get; set; } = "";

    /// <summary>Begins, works for a while, has its effect.</summary>
    [AutomaticRetry(Attempts = 20, DelaysInSeconds = [1])]
    public static void Work(long number, int milliseconds, PerformContext context, CancellationToken cancellationToken)
    {
        long token = context.GetFencingToken();
        Ledger.Began(number, Host, token);
        if (milliseconds > 0)
            cancellationToken.WaitHandle.WaitOne(milliseconds);
        cancellationToken.ThrowIfCancellationRequested();
        Ledger.Effect(number, Host, token);
    }

    /// <summary>Goes on to its end and its effect whatever its cancellation token says, as code does that takes none.</summary>
    [AutomaticRetry(Attempts = 0)]
    public static string Deaf(long number, int milliseconds, PerformContext context)
    {
        long token = context.GetFencingToken();
        Ledger.Began(number, Host, token);
        using var pause = new ManualResetEventSlim();
        pause.Wait(milliseconds);
        Ledger.Effect(number, Host, token);
        return Host;
    }

    /// <summary>Works for as long as the test wants it to, whatever its cancellation token says.</summary>
    [AutomaticRetry(Attempts = 0)]
    public static string Deaf(long number, PerformContext context)
    {
        long token = context.GetFencingToken();
        Ledger.Began(number, Host, token);
        Ledger.UntilReleased(number, Host);
        Ledger.Effect(number, Host, token);
        return Host;
    }

    /// <summary>Runs until it is told to stop, and notes that it was.</summary>
    [AutomaticRetry(Attempts = 0)]
    public static void UntilCancelled(long number, PerformContext context, CancellationToken cancellationToken)
    {
        Ledger.Began(number, Host, context.GetFencingToken());
        cancellationToken.WaitHandle.WaitOne();
        Ledger.Told(number, Host);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
