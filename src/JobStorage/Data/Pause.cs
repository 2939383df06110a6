namespace Pipeline.JobStorage.Data;

/// <summary>Waiting on the thread of a caller that is synchronous, as all of Hangfire's storage contract is.</summary>
internal static class Pause
{
    public static void For(TimeSpan time)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time);
    }
}
