namespace Pipeline.Generator;

/// <summary>What the members remember: titles watched lately, and one left unfinished. Bounded, whatever the number of events.</summary>
internal sealed class MemberHistory(int members)
{
    private const int Remembered = 64;
    private readonly int[]?[] _watched = new int[members][];
    private readonly int[] _count = new int[members];
    private readonly (int Title, double Seconds)[] _unfinished = new (int, double)[members];
    private readonly DateTime[] _busyUntil = new DateTime[members];

    public bool IsBusy(int member, DateTime at) => at < _busyUntil[member];

    public void Occupy(int member, DateTime until) => _busyUntil[member] = until;

    public bool HasWatched(int member, int title) =>
        _watched[member] is { } titles && titles.AsSpan(0, Math.Min(_count[member], Remembered)).Contains(title);

    public void Watched(int member, int title)
    {
        var titles = _watched[member] ??= new int[Remembered];
        titles[_count[member]++ % Remembered] = title;
    }

    /// <summary>Takes the unfinished title, if there is one.</summary>
    public bool TryResume(int member, out int title, out double seconds)
    {
        (title, seconds) = _unfinished[member];
        _unfinished[member] = default;
        return seconds > 0;
    }

    public void Leave(int member, int title, double seconds) => _unfinished[member] = (title, seconds);
}
