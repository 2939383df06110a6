namespace Pipeline.JobStorage.Locks;

/// <summary>A distributed lock of this process, until it is released or its lease is lost.</summary>
internal sealed class HeldLock(string resource, string owner)
{
    private int _lost;

    public string Resource => resource;

    public string Owner => owner;

    public bool IsLost => Volatile.Read(ref _lost) != 0;

    /// <summary>True for the first who says so.</summary>
    public bool Lose() => Interlocked.Exchange(ref _lost, 1) == 0;
}
