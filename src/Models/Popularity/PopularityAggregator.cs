using System.Runtime.InteropServices;

namespace Pipeline.Models.Popularity;

/// <summary>
/// Popularity from a stream of watch time in any order. Memory does not grow with events: it is about 100 bytes for each (region,
/// title) and about 50 for each (region, title, member) within the longest window, a member's own region and all regions both counted.
/// </summary>
/// <param name="asOf">End of every window (UTC); later events do not count.</param>
public sealed class PopularityAggregator(DateTime asOf)
{
    /// <summary>The region that stands for all of them.</summary>
    public const string AllRegions = "ALL";

    /// <summary>A member counts as a viewer past this much of a title.</summary>
    public static readonly TimeSpan ViewerThreshold = TimeSpan.FromMinutes(2);

    /// <summary>Runtime assumed for a title whose events never named it.</summary>
    public static readonly TimeSpan UnknownRuntime = TimeSpan.FromHours(1);

    // Decayed milliseconds are summed as integers, so that the sum does not depend on the order of events.
    private const double DecayedUnit = 1024;

    private static readonly IReadOnlyList<PopularityWindow> Windows = PopularityWindow.All;

    private readonly Dictionary<string, int> regions = new(StringComparer.Ordinal) { [AllRegions] = 0 };
    private readonly Dictionary<long, long> runtimes = [];
    private readonly Dictionary<(int Region, long Content, int Window), Watched> watched = [];
    private readonly Dictionary<(int Region, long Content, long User), Seen> members = [];

    public void Add(in WatchTime watch)
    {
        var milliseconds = (long)Math.Round(watch.WatchedSeconds * 1000);
        var age = asOf - watch.At;
        if (milliseconds <= 0 || age < TimeSpan.Zero || age >= Windows[^1].Length)
            return;
        ref var runtime = ref CollectionsMarshal.GetValueRefOrAddDefault(runtimes, watch.ContentId, out _);
        runtime = Math.Max(runtime, (long)Math.Round(watch.DurationSeconds * 1000));
        Add(0, watch, milliseconds, age);
        if (!string.IsNullOrEmpty(watch.Region) && watch.Region != AllRegions)
            Add(RegionNumber(watch.Region), watch, milliseconds, age);
    }

    /// <summary>Every window and region with anything watched, each best first: windows from short to long, regions by name.</summary>
    /// <param name="limit">Most titles per window and region.</param>
    public IEnumerable<PopularTitle> Rank(int limit)
    {
        var groups = watched
            .GroupBy(entry => (entry.Key.Window, entry.Key.Region))
            .ToDictionary(group => group.Key, group => group.Select(entry => (entry.Key.Content, entry.Value)).ToList());
        for (var window = 0; window < Windows.Count; window++)
        {
            foreach (var (region, number) in regions.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                if (!groups.TryGetValue((window, number), out var titles))
                    continue;
                var ranked = titles
                    .Select(title => Summarise(window, region, title.Content, title.Value))
                    .OrderByDescending(title => title.Score)
                    .ThenBy(title => title.ContentId)
                    .Take(limit);
                var rank = 0;
                foreach (var title in ranked)
                    yield return title with { Rank = ++rank };
            }
        }
    }

    private void Add(int region, in WatchTime watch, long milliseconds, TimeSpan age)
    {
        ref var member = ref CollectionsMarshal.GetValueRefOrAddDefault(members, (region, watch.ContentId, watch.UserId), out _);
        for (var window = Windows.Count - 1; window >= 0 && age < Windows[window].Length; window--)
        {
            ref var title = ref CollectionsMarshal.GetValueRefOrAddDefault(watched, (region, watch.ContentId, window), out _);
            title.Milliseconds += milliseconds;
            title.Decayed += (long)Math.Round(milliseconds * DecayedUnit * Math.Pow(2, -(age / Windows[window].HalfLife)));
            if (member.Add(window, milliseconds))
                title.Viewers++;
        }
    }

    private int RegionNumber(string name)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(regions, name, out var known);
        if (!known)
            number = regions.Count - 1;
        return number;
    }

    private PopularTitle Summarise(int window, string region, long content, Watched title)
    {
        var runtime = runtimes[content] > 0 ? runtimes[content] : UnknownRuntime.TotalMilliseconds;
        return new PopularTitle(
            Windows[window].Name,
            region,
            content,
            Rank: 0,
            Views: title.Milliseconds / runtime,
            title.Viewers,
            HoursWatched: title.Milliseconds / TimeSpan.FromHours(1).TotalMilliseconds,
            Score: title.Decayed / DecayedUnit / runtime);
    }

    private struct Watched
    {
        public long Milliseconds;
        public long Decayed;
        public int Viewers;
    }

    /// <summary>One member's time with one title, per window, up to the threshold; past it nothing more has to be known.</summary>
    private struct Seen
    {
        private static readonly uint Limit = (uint)ViewerThreshold.TotalMilliseconds;

        private Times times;

        /// <returns>True where this passes the threshold, which happens once.</returns>
        public bool Add(int window, long milliseconds)
        {
            if (times[window] > Limit)
                return false;
            times[window] = (uint)Math.Min(times[window] + milliseconds, Limit + 1L);
            return times[window] > Limit;
        }

        [System.Runtime.CompilerServices.InlineArray(4)]
        private struct Times
        {
            private uint first;
        }
    }
}
