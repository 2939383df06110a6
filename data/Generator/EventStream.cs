namespace Pipeline.Generator;

/// <summary>
/// The events of a world's members over some days, in the order in which they reach us. Memory holds the members and the viewings
/// under way, never the stream.
/// </summary>
public sealed class EventStream
{
    private const ulong Stream = 3;
    private const double DuplicateShare = 0.01;
    private const double BrokenShare = 0.005;

    private static readonly TimeSpan Slot = TimeSpan.FromMinutes(5);

    private readonly World _world;
    private readonly GenerateOptions _options;
    private readonly DateTime _end;
    private readonly Viewings _viewings;
    private readonly AliasTable[] _membersOfRegion;
    private readonly PriorityQueue<GeneratedEvent, (DateTime ArrivesAt, long Sequence)> _underWay = new();
    private readonly List<GeneratedEvent> _told = [];
    private readonly double _firstGuess;
    private Random64 _random;
    private long _sequence;
    private long _tellings;

    public EventStream(World world, GenerateOptions options)
    {
        (_world, _options, _end) = (world, options, options.Until.UtcDateTime);
        var pacing = Pacing.For(options.Events, options.Members, options.Days);
        _firstGuess = pacing.EventsPerViewing * (1 + DuplicateShare + BrokenShare);
        _viewings = new Viewings(world, pacing, options.Seed);
        _random = new Random64(options.Seed, Stream);
        _membersOfRegion = [.. Enumerable.Range(0, Region.All.Count).Select(ActivityOf)];
    }

    /// <summary>Exactly as many lines as were asked for.</summary>
    public IEnumerable<GeneratedEvent> Lines()
    {
        var start = _end.AddDays(-_options.Days);
        var slots = (int)((_end - start) / Slot);
        var rest = RestOfIntensity(start, slots);
        var written = 0L;
        for (var slot = 0; slot < slots; slot++)
        {
            var from = start + (slot * Slot);
            var wanted = (_options.Events - written - _underWay.Count) * (1 - (rest[slot + 1] / rest[slot])) / EventsPerViewing(written);
            for (var viewings = _random.Round(Math.Max(0, wanted)); viewings > 0; viewings--)
                Begin(from);
            while (written < _options.Events && _underWay.TryPeek(out var line, out var order) && order.ArrivesAt < from + Slot)
            {
                _underWay.Dequeue();
                written++;
                yield return line;
            }
        }
        // The last minutes cannot be paced any more; looking around is what fills them.
        for (; written < _options.Events; written++)
            yield return LookAround(_end - (Slot * ((_options.Events - written) / (double)(_options.Events + 1))));
    }

    /// <summary>Measured, so that pace follows what the viewings really tell.</summary>
    private double EventsPerViewing(long written) =>
        _tellings < 200 ? _firstGuess : (written + _underWay.Count) / (double)_tellings;

    private void Begin(DateTime from)
    {
        var region = DrawRegion(from);
        var at = from + TimeSpan.FromMilliseconds(_random.Below((int)Slot.TotalMilliseconds));
        var member = DrawMember(region);
        for (var tries = 0; tries < 8 && !_viewings.IsFree(member, at); tries++)
            member = DrawMember(region);

        _told.Clear();
        _viewings.Tell(member, at, _told);
        _tellings++;
        foreach (var line in _told)
        {
            Enqueue(line);
            if (_random.Chance(DuplicateShare))
                Enqueue(line with { Kind = LineKind.Duplicate, ArrivesAt = line.ArrivesAt.AddMilliseconds(1 + _random.Below(90_000)) });
            if (_random.Chance(BrokenShare))
                Enqueue(Break(line));
        }
    }

    private GeneratedEvent Break(GeneratedEvent line)
    {
        var defect = Defects.Draw(ref _random);
        return line with
        {
            Kind = LineKind.Broken,
            Defect = defect,
            EventId = Ids.OfTime(line.OccurredAt, ref _random),
            // The fields that are broken must be ones that the type is asked for.
            Type = defect == Defect.BadValue ? "rating" : "progress",
            Title = line.Title ?? _world.Titles[0],
        };
    }

    private void Enqueue(GeneratedEvent line)
    {
        if (line.ArrivesAt < _end)
            _underWay.Enqueue(line, (line.ArrivesAt, _sequence++));
    }

    private GeneratedEvent LookAround(DateTime at) => new()
    {
        EventId = Ids.OfTime(at, ref _random),
        Type = "impression",
        OccurredAt = at,
        ArrivesAt = at,
        Member = _world.Members[_random.Below(_world.Members.Length)],
        ProfileId = 1,
        SessionId = Ids.Random(ref _random),
        Device = "mobile",
        Title = _world.Titles[_random.Below(_world.Titles.Length)],
        ImpressionId = Ids.Random(ref _random),
        Position = 0,
    };

    /// <summary>Per slot, the intensity of it and of all slots after it.</summary>
    private double[] RestOfIntensity(DateTime start, int slots)
    {
        var rest = new double[slots + 1];
        for (var slot = slots - 1; slot >= 0; slot--)
        {
            var intensity = 0.0;
            for (var region = 0; region < Region.All.Count; region++)
                intensity += _membersOfRegion[region].Total * Region.All[region].Intensity(start + (slot * Slot));
            rest[slot] = rest[slot + 1] + intensity;
        }
        return rest;
    }

    private int DrawRegion(DateTime at)
    {
        Span<double> weights = stackalloc double[Region.All.Count];
        var sum = 0.0;
        for (var region = 0; region < weights.Length; region++)
            sum += weights[region] = _membersOfRegion[region].Total * Region.All[region].Intensity(at);
        var drawn = _random.Unit() * sum;
        var chosen = 0;
        while (chosen < weights.Length - 1 && (drawn -= weights[chosen]) >= 0)
            chosen++;
        return chosen;
    }

    private int DrawMember(int region) => _world.MembersOf(region)[_membersOfRegion[region].Draw(ref _random)];

    private AliasTable ActivityOf(int region)
    {
        var weights = new double[_world.MembersOf(region).Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = _world.Members[_world.MembersOf(region)[i]].Activity;
        return new AliasTable(weights);
    }
}
