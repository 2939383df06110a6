using System.Diagnostics;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>Waits for what must become true, and fails when it does not.</summary>
internal static class Eventually
{
    /// <remarks>Longer than a worker takes to notice that the group has forgotten it.</remarks>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"not within {Patience.TotalSeconds} s: {what}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
