using System.Diagnostics;
using Pipeline.JobStorage.Queues;

namespace Pipeline.JobStorage.Tests.Leases;

[Trait("speed", "fast")]
public sealed class IdleGateTests
{
    [Fact]
    public async Task Of_any_number_of_idle_workers_one_looks()
    {
        using var gate = new IdleGate(["default"]);
        using var stop = new CancellationTokenSource();
        var interval = TimeSpan.FromMilliseconds(50);
        int looks = 0;
        var running = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, 20).Select(_ => Task.Factory.StartNew(
            () => Assert.ThrowsAny<OperationCanceledException>(() => gate.Watch<string>(
                () =>
                {
                    Interlocked.Increment(ref looks);
                    return null;
                }, interval, stop.Token)),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        await Task.Delay(1_000, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        Assert.InRange(looks, 1, (int)(running.Elapsed / interval) + 1);
    }

    [Fact]
    public async Task Each_ring_finds_a_worker()
    {
        using var gate = new IdleGate(["default"]);
        var found = new Queue<string>();
        var workers = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () => gate.Watch(() => { lock (found) return found.TryDequeue(out string? one) ? one : null; }, TimeSpan.FromHours(1), CancellationToken.None),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        for (int i = 0; i < 3; i++)
        {
            lock (found)
                found.Enqueue($"{i}");
            gate.Ring();
        }
        Assert.Equal(["0", "1", "2"], (await Task.WhenAll(workers).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Order());
    }
}
