namespace Pipeline.Models.Features;

/// <summary>Everything said so far by one member about one title. Sums and maxima only, so the order of signals does not matter.</summary>
internal struct SignalPair
{
    private long watchedMilliseconds;
    private long durationMilliseconds;
    private long lastShownAt;
    private long lastSaidAt;
    private long lastPlayedAt;
    private long lastTroubleAt;
    private Latest rating;
    private Latest liked;
    private Latest listed;
    private bool completed;
    private bool clicked;
    private long exposureThousandths;

    /// <summary>Of the last signal that is no impression, where there is one.</summary>
    public readonly long LastAt => lastSaidAt > 0 ? lastSaidAt : lastShownAt;

    /// <summary>True where the title was shown, and nothing came of it.</summary>
    public readonly bool OnlyShown => exposureThousandths > 0 && lastPlayedAt == 0 && !clicked && !completed;

    /// <summary>Expected number of times that it was looked at.</summary>
    public readonly double Exposure => exposureThousandths / 1000.0;

    /// <summary>A runtime that no event named counts as watched in full where the title was completed, and not at all where it was not.</summary>
    public readonly double WatchedFraction => durationMilliseconds > 0
        ? Math.Clamp((double)watchedMilliseconds / durationMilliseconds, 0, 1)
        : completed ? 1 : 0;

    public static long Milliseconds(DateTime at) => (at.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    public void Add(in Signal signal)
    {
        var at = Milliseconds(signal.At);
        AddSums(signal.WatchedSeconds, signal.DurationSeconds);
        if (signal.Kind == SignalKind.Impression)
        {
            lastShownAt = Math.Max(lastShownAt, at);
            exposureThousandths += Thousandths(SignalWeights.ExposureAt(signal.Place));
            return;
        }
        lastSaidAt = Math.Max(lastSaidAt, at);
        switch (signal.Kind)
        {
            case SignalKind.Watch:
                lastPlayedAt = Math.Max(lastPlayedAt, at);
                break;
            case SignalKind.Trouble:
                lastPlayedAt = Math.Max(lastPlayedAt, at);
                lastTroubleAt = Math.Max(lastTroubleAt, at);
                break;
            case SignalKind.Complete:
                lastPlayedAt = Math.Max(lastPlayedAt, at);
                completed = true;
                break;
            case SignalKind.Rating:
                rating.Set(at, signal.Value);
                break;
            case SignalKind.Like or SignalKind.Dislike:
                liked.Set(at, signal.Kind == SignalKind.Like ? 1 : -1);
                break;
            case SignalKind.AddToList or SignalKind.RemoveFromList:
                listed.Set(at, signal.Kind == SignalKind.AddToList ? 1 : 0);
                break;
            case SignalKind.Click:
                clicked = true;
                break;
        }
    }

    public void Add(in SignalTotal total)
    {
        var at = Milliseconds(total.LastAt);
        AddSums(total.WatchedSeconds, total.DurationSeconds);
        var said = total.Exposure == 0 || total.LastPlayedAt is not null || total.Clicked || total.Completed
            || total.Rating is not null || total.Liked != 0 || total.Listed;
        if (said)
            lastSaidAt = Math.Max(lastSaidAt, at);
        else
            lastShownAt = Math.Max(lastShownAt, at);
        if (total.LastPlayedAt is { } played)
            lastPlayedAt = Math.Max(lastPlayedAt, Milliseconds(played));
        if (total.LastTroubleAt is { } trouble)
            lastTroubleAt = Math.Max(lastTroubleAt, Milliseconds(trouble));
        completed |= total.Completed;
        clicked |= total.Clicked;
        exposureThousandths += Thousandths(total.Exposure);
        if (total.Rating is { } stars)
            rating.Set(at, stars);
        if (total.Liked != 0)
            liked.Set(at, total.Liked);
        if (total.Listed)
            listed.Set(at, 1);
    }

    /// <param name="now">Milliseconds since 1970 UTC that ages are counted to.</param>
    public readonly Evidence Evidence(SignalWeights weights, long now) => new(
        WatchedFraction,
        Played: lastPlayedAt > 0 && durationMilliseconds > 0,
        Censored: !completed && lastTroubleAt > 0 && weights.CensoredWithinSeconds > 0
            && lastPlayedAt - lastTroubleAt <= weights.CensoredWithinSeconds * 1000,
        completed,
        rating.At == 0 ? null : rating.Value,
        (int)liked.Value,
        listed.Value > 0,
        TimeSpan.FromMilliseconds(now - LastAt));

    // Whole numbers, because sums of integers do not depend on their order.
    private void AddSums(double watchedSeconds, double durationSeconds)
    {
        watchedMilliseconds += Thousandths(watchedSeconds);
        durationMilliseconds = Math.Max(durationMilliseconds, Thousandths(durationSeconds));
    }

    private static long Thousandths(double value) => (long)Math.Round(value * 1000);

    /// <summary>The value with the latest time; of two at the same time the greater.</summary>
    private struct Latest
    {
        public long At;
        public double Value;

        public void Set(long at, double value)
        {
            if ((at, value).CompareTo((At, At == 0 ? double.NegativeInfinity : Value)) > 0)
                (At, Value) = (at, value);
        }
    }
}
