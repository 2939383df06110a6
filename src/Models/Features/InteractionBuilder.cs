using System.Runtime.InteropServices;

namespace Pipeline.Models.Features;

/// <summary>
/// Turns signals into interactions: one per (user, content), whatever the order of the signals. Memory grows with the number of
/// pairs (about 100 bytes each), not of signals.
/// </summary>
public sealed class InteractionBuilder(SignalWeights weights)
{
    private readonly Dictionary<(long User, long Content), Pair> pairs = [];

    /// <summary>Number of (user, content) pairs with any signal.</summary>
    public int PairCount => pairs.Count;

    public void Add(in Signal signal)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, (signal.UserId, signal.ContentId), out _);
        var at = Milliseconds(signal.At);
        pair.WatchedMilliseconds += Milliseconds(signal.WatchedSeconds);
        pair.DurationMilliseconds = Math.Max(pair.DurationMilliseconds, Milliseconds(signal.DurationSeconds));
        pair.LastAt = Math.Max(pair.LastAt, at);
        switch (signal.Kind)
        {
            case SignalKind.Complete:
                pair.Completed = true;
                break;
            case SignalKind.Rating:
                pair.Rating.Set(at, signal.Value);
                break;
            case SignalKind.Like:
                pair.Liked.Set(at, 1);
                break;
            case SignalKind.Dislike:
                pair.Liked.Set(at, -1);
                break;
            case SignalKind.AddToList:
                pair.Listed.Set(at, 1);
                break;
            case SignalKind.RemoveFromList:
                pair.Listed.Set(at, 0);
                break;
        }
    }

    /// <summary>Adds sums that a store has made; they add to whatever else is known of the pair.</summary>
    public void Add(in SignalTotal total)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, (total.UserId, total.ContentId), out _);
        var at = Milliseconds(total.LastAt);
        pair.WatchedMilliseconds += Milliseconds(total.WatchedSeconds);
        pair.DurationMilliseconds = Math.Max(pair.DurationMilliseconds, Milliseconds(total.DurationSeconds));
        pair.LastAt = Math.Max(pair.LastAt, at);
        pair.Completed |= total.Completed;
        if (total.Rating is { } stars)
            pair.Rating.Set(at, stars);
        if (total.Liked != 0)
            pair.Liked.Set(at, total.Liked);
        if (total.Listed)
            pair.Listed.Set(at, 1);
    }

    /// <summary>The interactions so far; pairs whose signals say nothing are left out.</summary>
    /// <param name="asOf">The instant that ages are counted to (UTC).</param>
    public InteractionMatrix Build(DateTime asOf)
    {
        var now = Milliseconds(asOf);
        var users = new List<long>(pairs.Count);
        var contents = new List<long>(pairs.Count);
        var confidences = new List<float>(pairs.Count);
        var times = new List<long>(pairs.Count);
        foreach (var ((user, content), pair) in pairs)
        {
            var confidence = (float)weights.Confidence(
                pair.WatchedFraction,
                pair.Completed,
                pair.Rating.At == 0 ? null : pair.Rating.Value,
                (int)pair.Liked.Value,
                pair.Listed.Value > 0,
                TimeSpan.FromMilliseconds(now - pair.LastAt));
            if (confidence == 0)
                continue;
            users.Add(user);
            contents.Add(content);
            confidences.Add(confidence);
            times.Add(pair.LastAt);
        }
        return InteractionMatrix.FromColumns(
            CollectionsMarshal.AsSpan(users),
            CollectionsMarshal.AsSpan(contents),
            CollectionsMarshal.AsSpan(confidences),
            CollectionsMarshal.AsSpan(times));
    }

    // Whole milliseconds, because sums of integers do not depend on their order.
    private static long Milliseconds(double seconds) => (long)Math.Round(seconds * 1000);

    private static long Milliseconds(DateTime at) => (at.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private struct Pair
    {
        public long WatchedMilliseconds;
        public long DurationMilliseconds;
        public long LastAt;
        public Latest Rating;
        public Latest Liked;
        public Latest Listed;
        public bool Completed;

        // A runtime that no event named counts as watched in full where the title was completed, and not at all where it was not.
        public readonly double WatchedFraction => DurationMilliseconds > 0
            ? Math.Clamp((double)WatchedMilliseconds / DurationMilliseconds, 0, 1)
            : Completed ? 1 : 0;
    }

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
