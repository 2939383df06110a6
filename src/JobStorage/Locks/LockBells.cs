namespace Pipeline.JobStorage.Locks;

/// <summary>Wakes this process's waiters of a lock when the process itself has released it, and those of no other lock.</summary>
internal sealed class LockBells
{
    private readonly Dictionary<string, Bell> _bells = new(StringComparer.Ordinal);

    /// <summary>For as long as it is not disposed of, the bell is there.</summary>
    public Bell Listen(string resource)
    {
        lock (_bells)
        {
            if (!_bells.TryGetValue(resource, out var bell))
                _bells[resource] = bell = new Bell(this, resource);
            bell.Listeners++;
            return bell;
        }
    }

    public void Ring(string resource)
    {
        Bell? bell;
        lock (_bells)
            bell = _bells.GetValueOrDefault(resource);
        bell?.Ring();
    }

    /// <summary>Shared by all waiters of one lock; the last of them takes it down.</summary>
    internal sealed class Bell(LockBells all, string resource) : IDisposable
    {
        private readonly object _gate = new();
        private long _rings;

        /// <summary>Guarded by the bells' own lock.</summary>
        public int Listeners { get; set; }

        public long Rings => Interlocked.Read(ref _rings);

        public void Ring()
        {
            lock (_gate)
            {
                _rings++;
                Monitor.PulseAll(_gate);
            }
        }

        /// <summary>Until it has rung since <paramref name="heard"/>, or for so long.</summary>
        public void Wait(long heard, TimeSpan longest)
        {
            lock (_gate)
            {
                if (_rings == heard && longest > TimeSpan.Zero)
                    Monitor.Wait(_gate, longest);
            }
        }

        public void Dispose()
        {
            lock (all._bells)
            {
                if (--Listeners == 0)
                    all._bells.Remove(resource);
            }
        }
    }
}
