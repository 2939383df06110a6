using System.Runtime.InteropServices;

namespace Pipeline.Models.Features;

/// <summary>
/// Turns signals into interactions: one per (user, content), whatever the order of the signals. Memory grows with the number of
/// pairs (about 150 bytes each), not of signals.
/// </summary>
public sealed class InteractionBuilder(SignalWeights weights)
{
    private readonly Dictionary<(long User, long Content), SignalPair> pairs = [];

    public void Add(in Signal signal) =>
        CollectionsMarshal.GetValueRefOrAddDefault(pairs, (signal.UserId, signal.ContentId), out _).Add(signal);

    /// <summary>Adds sums that a store has made; they add to whatever else is known of the pair.</summary>
    public void Add(in SignalTotal total) =>
        CollectionsMarshal.GetValueRefOrAddDefault(pairs, (total.UserId, total.ContentId), out _).Add(total);

    /// <summary>The interactions so far; pairs whose signals say nothing are left out.</summary>
    /// <param name="asOf">The instant that ages are counted to (UTC).</param>
    public InteractionMatrix Build(DateTime asOf) => BuildAll(asOf).Interactions;

    /// <summary>The interactions so far, and the hints.</summary>
    /// <param name="asOf">The instant that ages are counted to (UTC).</param>
    public FeatureSet BuildAll(DateTime asOf)
    {
        var now = SignalPair.Milliseconds(asOf);
        var curve = Curve(now);
        var interactions = new InteractionColumns();
        var hints = new InteractionColumns();
        var shown = new ShownTitles(weights);
        foreach (var ((user, content), pair) in pairs)
        {
            var evidence = pair.Evidence(weights, now);
            if (evidence.Censored)
                evidence = evidence with { WatchedFraction = curve.Expected(content, evidence.WatchedFraction) };
            var confidence = weights.Confidence(evidence);
            if (confidence == 0)
            {
                if (pair.OnlyShown)
                    shown.Add(user, content, weights.Unwanted(pair.Exposure, evidence.Age), pair.LastAt);
                continue;
            }
            var kept = evidence.Censored && pair.WatchedFraction < weights.MinWatchedFraction && confidence > 0;
            (kept ? hints : interactions).Add(user, content, confidence, pair.LastAt);
            if (confidence > 0)
                shown.Wanted(user);
        }
        shown.AddTo(hints);
        return new FeatureSet(interactions.ToMatrix(), hints.ToMatrix());
    }

    /// <summary>From the viewings that ended as their members wished.</summary>
    private CompletionCurve Curve(long now)
    {
        var curve = new CompletionCurve();
        foreach (var ((_, content), pair) in pairs)
        {
            var evidence = pair.Evidence(weights, now);
            if (evidence is { Played: true, Censored: false })
                curve.Add(content, evidence.Completed ? 1 : evidence.WatchedFraction);
        }
        return curve;
    }
}
