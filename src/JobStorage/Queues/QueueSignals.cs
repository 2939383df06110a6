using System.Collections.Concurrent;

namespace Pipeline.JobStorage.Queues;

/// <summary>Wakes this process's idle workers when this process itself has queued a job.</summary>
internal sealed class QueueSignals
{
    private readonly ConcurrentDictionary<string, IdleGate> _gates = new(StringComparer.Ordinal);

    /// <summary>The gate of all workers that serve the same queues.</summary>
    public IdleGate Gate(string[] queues) => _gates.GetOrAdd(string.Join('\n', queues), static (_, queues) => new IdleGate(queues), queues);

    public void Ring(string queue)
    {
        foreach (var gate in _gates.Values)
        {
            if (gate.Serves(queue))
                gate.Ring();
        }
    }
}

/// <summary>
/// Where idle workers of the same queues wait. One of them looks into the database, the others wait for it to find something: an idle
/// process costs one small query each poll, however many workers it has.
/// </summary>
internal sealed class IdleGate(string[] queues) : IDisposable
{
    private readonly SemaphoreSlim _watch = new(1);
    private readonly AutoResetEvent _rung = new(false);

    public bool Serves(string queue) => Array.IndexOf(queues, queue) >= 0;

    public void Ring() => _rung.Set();

    /// <summary>Calls <paramref name="look"/> until it finds something: at once, when rung, and every <paramref name="interval"/>.</summary>
    public T Watch<T>(Func<T?> look, TimeSpan interval, CancellationToken cancellationToken) where T : class
    {
        _watch.Wait(cancellationToken);
        try
        {
            WaitHandle[] wakers = [_rung, cancellationToken.WaitHandle];
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (look() is { } found)
                    return found;
                WaitHandle.WaitAny(wakers, interval);
            }
        }
        finally
        {
            _watch.Release();
        }
    }

    public void Dispose()
    {
        _watch.Dispose();
        _rung.Dispose();
    }
}
