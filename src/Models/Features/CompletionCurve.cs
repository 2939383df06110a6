namespace Pipeline.Models.Features;

/// <summary>
/// How far viewings of each title go that ended as the member wished, and what may be expected of one that was cut short: the mean of those
/// that went at least as far, drawn towards that of all titles where a title has few. Counts are whole numbers, so the order of viewings
/// does not matter.
/// </summary>
internal sealed class CompletionCurve
{
    /// <summary>A fraction of the runtime falls into one of so many bins.</summary>
    private const int Bins = 50;

    /// <summary>Viewings of all titles together that count beside a title's own.</summary>
    private const double Prior = 10;

    private readonly Dictionary<long, int[]> byContent = [];
    private readonly int[] all = new int[Bins];

    public void Add(long content, double fraction)
    {
        if (!byContent.TryGetValue(content, out var counts))
            byContent.Add(content, counts = new int[Bins]);
        counts[BinOf(fraction)]++;
        all[BinOf(fraction)]++;
    }

    /// <summary>E[F | F ≥ <paramref name="fraction"/>] for the title; <paramref name="fraction"/> itself where no viewing tells.</summary>
    public double Expected(long content, double fraction)
    {
        var (wide, wideCount) = Tail(all, fraction);
        if (wideCount == 0)
            return fraction;
        var (own, ownCount) = byContent.TryGetValue(content, out var counts) ? Tail(counts, fraction) : (0, 0);
        return Math.Max(fraction, (own + Prior * wide / wideCount) / (ownCount + Prior));
    }

    private static (double Sum, int Count) Tail(int[] counts, double fraction)
    {
        var sum = 0.0;
        var count = 0;
        for (var bin = BinOf(fraction); bin < Bins; bin++)
        {
            sum += counts[bin] * ((bin + 0.5) / Bins);
            count += counts[bin];
        }
        return (sum, count);
    }

    private static int BinOf(double fraction) => Math.Clamp((int)(fraction * Bins), 0, Bins - 1);
}
