namespace Pipeline.Generator;

/// <summary>Tells one viewing: what the member saw, chose, watched and thought of it, as events in order of time.</summary>
internal sealed class Viewings(World world, Pacing pacing, long seed)
{
    private const ulong Stream = 2;

    /// <summary>Titles that come to a member's eyes before one is chosen.</summary>
    private const int Considered = 60;

    /// <summary>How sharply the choice follows the affinity: 0 would be by chance, infinity always the best.</summary>
    private const double Sharpness = 2;

    private const double EnoughToResume = 300;

    private readonly MemberHistory _history = new(world.Members.Length);
    private readonly AliasTable _byPopularity = new([.. world.Titles.Select(title => title.Popularity)]);
    private readonly int[] _seen = new int[Considered];
    private readonly double[] _weights = new double[Considered];
    private Random64 _random = new(seed, Stream);

    /// <summary>The member is not in the middle of another viewing.</summary>
    public bool IsFree(int member, DateTime at) => !_history.IsBusy(member, at);

    /// <param name="member">Index into the world's members.</param>
    public void Tell(int member, DateTime start, List<GeneratedEvent> events)
    {
        var teller = new SessionTeller(world.Members[member], start, pacing, events, ref _random);
        double from = 0;
        if (!_random.Chance(0.6) || !_history.TryResume(member, out var title, out from))
        {
            title = Choose(member, DateOnly.FromDateTime(start));
            teller.Browse(world, _seen, title, ref _random);
            _history.Watched(member, title);
        }
        var liking = world.AffinityAt(member, title) + (0.8 * _random.Normal());
        var to = teller.Watch(world.Titles[title], from, EndOf(liking, from, world.Titles[title].RuntimeSeconds), ref _random);
        if (to < world.Titles[title].RuntimeSeconds && to > EnoughToResume && liking > 1)
            _history.Leave(member, title, to);
        teller.Judge(world.Titles[title], liking, ref _random);
        _history.Occupy(member, teller.Now);
    }

    /// <summary>Among titles put forward by popularity, one by taste; not one that was watched before or is not out yet.</summary>
    private int Choose(int member, DateOnly today)
    {
        var sum = 0.0;
        for (var i = 0; i < Considered; i++)
        {
            var title = _seen[i] = _byPopularity.Draw(ref _random);
            var possible = world.Titles[title].ReleaseDate <= today && !_history.HasWatched(member, title);
            sum += _weights[i] = possible ? PortableMath.Exp(Sharpness * world.AffinityAt(member, title)) : 0;
        }
        var at = _random.Unit() * sum;
        var chosen = 0;
        while (chosen < Considered - 1 && (at -= _weights[chosen]) >= 0)
            chosen++;
        return _seen[chosen];
    }

    /// <summary>Where the member stops: what is liked is watched to its end, what is not is left in its first minutes.</summary>
    private double EndOf(double liking, double from, int runtime)
    {
        if (_random.Chance(Math.Clamp(0.25 + (0.22 * liking), 0.02, 0.92)))
            return runtime;
        var part = liking > 1 ? _random.Between(0.2, 0.95) : _random.Between(0.01, 0.4);
        return Math.Min(runtime, from + Math.Max(5, part * (runtime - from)));
    }
}
