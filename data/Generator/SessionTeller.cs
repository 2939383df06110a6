namespace Pipeline.Generator;

/// <summary>Puts the events of one session on a list, and keeps its clock.</summary>
internal sealed class SessionTeller
{
    private static readonly string[] Errors = ["NETWORK_TIMEOUT", "DRM_LICENSE", "DECODER", "MANIFEST_404"];
    private static readonly int[] Bitrates = [800, 1600, 2500, 4200, 8000, 15000];

    private readonly Member _member;
    private readonly Pacing _pacing;
    private readonly List<GeneratedEvent> _events;
    private readonly Guid _session;
    private readonly string _device;
    private readonly int _profile;
    private readonly TimeSpan _offline;
    private (Guid Id, int Position)? _impression;

    public SessionTeller(Member member, DateTime start, Pacing pacing, List<GeneratedEvent> events, ref Random64 random)
    {
        (_member, Now, _pacing, _events) = (member, start, pacing, events);
        _session = Ids.Random(ref random);
        _profile = 1 + random.Below(member.Profiles);
        _device = random.Chance(0.75) ? member.MainDevice : "mobile";
        // Now and then a phone on a train or a plane reports hours later.
        _offline = _device == "mobile" && random.Chance(0.04) ? TimeSpan.FromSeconds(random.Between(600, 21_600)) : TimeSpan.Zero;
    }

    public DateTime Now { get; private set; }

    /// <summary>Sometimes the way to the title is told too: a search, or a row of titles and a click.</summary>
    public void Browse(World world, ReadOnlySpan<int> seen, int chosen, ref Random64 random)
    {
        if (!random.Chance(_pacing.Browse))
            return;
        if (random.Chance(0.1))
            Add(ref random, "search", null);
        var shown = 1 + random.Round(_pacing.ImpressionsPerBrowse - 1);
        var place = random.Below(shown);
        for (var position = 0; position < shown; position++)
        {
            var impression = Ids.Random(ref random);
            if (position == place)
                _impression = (impression, position);
            Add(ref random, "impression", world.Titles[position == place ? chosen : seen[position]], impression: (impression, position));
        }
        Pass(random.Between(2, 40));
        Add(ref random, "click", world.Titles[chosen], impression: _impression);
        Pass(1);
    }

    /// <returns>Where it was left, in seconds; the runtime when it was watched to its end.</returns>
    public double Watch(Title title, double from, double to, ref Random64 random)
    {
        var level = Math.Min(1 + random.Below(4) + (_device == "tv" ? 1 : 0), Bitrates.Length - 1);
        var startup = 250 + (int)random.Exponential(_device == "tv" ? 700 : 450);
        Pass(startup / 1000.0);
        if (random.Chance(0.01))
        {
            Add(ref random, "error", title, position: from, watched: 0, error: Errors[random.Below(Errors.Length)]);
            return from;
        }
        Add(ref random, "play_start", title, position: from, watched: 0, bitrate: Bitrates[level], startup: startup, stall: 0, impression: _impression);

        var position = from;
        var reported = from;
        var incidentAt = random.Chance(_pacing.Incident) ? random.Between(from, to) : double.PositiveInfinity;
        while (position < to)
        {
            var next = Math.Min(reported + _pacing.ProgressEvery, to);
            if (incidentAt < next)
            {
                Advance(incidentAt);
                Incident(ref random);
                incidentAt = double.PositiveInfinity;
                continue;
            }
            Advance(next);
            if (position < to)
                Report(ref random, "progress");
        }
        Report(ref random, to < title.RuntimeSeconds ? "stop" : "complete");
        return position;

        void Advance(double until)
        {
            Pass(until - position);
            position = until;
        }

        void Report(ref Random64 random, string type, int stall = 0)
        {
            Add(ref random, type, title, position: position, watched: position - reported, bitrate: Bitrates[level], stall: stall);
            reported = position;
        }

        void Incident(ref Random64 random)
        {
            switch (random.Below(6))
            {
                case 0 or 1:
                    var stall = 300 + (int)random.Exponential(1_800);
                    Report(ref random, "stall", stall);
                    Pass(stall / 1000.0);
                    break;
                case 2:
                    Report(ref random, "pause");
                    Pass(20 + random.Exponential(300));
                    Report(ref random, "resume");
                    break;
                case 3:
                    Report(ref random, "seek");
                    position = reported = Math.Min(to, position + random.Between(10, 120));
                    break;
                default:
                    level = Math.Clamp(level + (random.Chance(0.5) ? 1 : -1), 0, Bitrates.Length - 1);
                    Report(ref random, "bitrate_change");
                    break;
            }
        }
    }

    /// <summary>Sometimes an opinion, which follows the liking.</summary>
    public void Judge(Title title, double liking, ref Random64 random)
    {
        if (!random.Chance(_pacing.Opinion))
            return;
        Pass(random.Between(3, 60));
        switch (random.Below(4))
        {
            case 0:
                var stars = Math.Clamp(2.6 + (0.8 * liking) + (0.4 * random.Normal()), 0.5, 5);
                Add(ref random, "rating", title, value: Math.Floor((stars * 2) + 0.5) / 2);
                break;
            case 1 or 2:
                Add(ref random, liking > 0.8 ? "like" : "dislike", title);
                break;
            default:
                Add(ref random, liking > 0.8 ? "add_to_list" : "remove_from_list", title);
                break;
        }
    }

    private void Pass(double seconds) => Now += TimeSpan.FromMilliseconds(Math.Floor(seconds * 1000));

    private void Add(
        ref Random64 random, string type, Title? title, double? position = null, double? watched = null, int? bitrate = null,
        int? startup = null, int? stall = null, string? error = null, (Guid Id, int Position)? impression = null, double? value = null)
    {
        _events.Add(new GeneratedEvent
        {
            EventId = Ids.OfTime(Now, ref random),
            Type = type,
            OccurredAt = Now,
            ArrivesAt = Now + _offline + TimeSpan.FromMilliseconds(random.Below(3_000)),
            Member = _member,
            ProfileId = _profile,
            SessionId = _session,
            Device = _device,
            Title = title,
            PositionSeconds = Tenths(position),
            WatchedSeconds = Tenths(watched),
            BitrateKbps = bitrate,
            StartupMs = startup,
            StallMs = stall,
            StallCount = stall is { } ms ? Math.Sign(ms) : null,
            ErrorCode = error,
            ImpressionId = impression?.Id,
            Position = impression?.Position,
            Value = value,
        });
    }

    private static double? Tenths(double? seconds) => seconds is { } value ? Math.Floor((value * 10) + 0.5) / 10 : null;
}
