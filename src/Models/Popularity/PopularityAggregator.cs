using System.Runtime.InteropServices;
using Pipeline.Models.Kernels;

namespace Pipeline.Models.Popularity;

/// <summary>
/// Popularity from a stream of watch time in any order. Memory does not grow with events: it is about 100 bytes for each (region,
/// title) and about 50 for each (region, title, member) within the longest window, a member's own region and all regions both counted,
/// and about 50 for each minute that events name as the runtime of a title that nothing else is known of.
/// </summary>
/// <param name="asOf">End of every window (UTC); later events do not count.</param>
/// <param name="known">Runtimes of titles, as the catalogue has them: events are not believed where it has one.</param>
public sealed class PopularityAggregator(DateTime asOf, IReadOnlyDictionary<long, TimeSpan>? known = null)
{
    /// <summary>The region that stands for all of them.</summary>
    public const string AllRegions = "ALL";

    /// <summary>A member counts as a viewer past this much of a title.</summary>
    public static readonly TimeSpan ViewerThreshold = TimeSpan.FromMinutes(2);

    /// <summary>What an event names as a longer runtime than this is a mistake, such as milliseconds for seconds, and not believed.</summary>
    public static readonly TimeSpan LongestRuntime = TimeSpan.FromDays(1);

    /// <summary>Runtime assumed for a title whose events never named it.</summary>
    public static readonly TimeSpan UnknownRuntime = TimeSpan.FromHours(1);

    // Decayed milliseconds are summed as integers, so that the sum does not depend on the order of events.
    private const double DecayedUnit = 1024;

    private static readonly IReadOnlyList<PopularityWindow> Windows = PopularityWindow.All;

    private readonly Dictionary<string, int> regions = new(StringComparer.Ordinal) { [AllRegions] = 0 };
    // Of each title's runtimes as events name them, by minute: how many, and their sum in milliseconds.
    private readonly Dictionary<(long Content, int Minute), (long Count, long Milliseconds)> named = [];
    private readonly Dictionary<(int Region, long Content, int Window), Watched> watched = [];
    private readonly Dictionary<(int Region, long Content, long User), Seen> members = [];

    public void Add(in WatchTime watch)
    {
        var milliseconds = (long)Math.Round(watch.WatchedSeconds * 1000);
        var age = asOf - watch.At;
        if (milliseconds <= 0 || age < TimeSpan.Zero || age >= Windows[^1].Length)
            return;
        Name(watch.ContentId, watch.DurationSeconds);
        Add(0, watch, milliseconds, age);
        if (!string.IsNullOrEmpty(watch.Region) && watch.Region != AllRegions)
            Add(RegionNumber(watch.Region), watch, milliseconds, age);
    }

    /// <summary>Every window and region with anything watched, each best first: windows from short to long, regions by name.</summary>
    /// <param name="limit">Most titles per window and region.</param>
    public IEnumerable<PopularTitle> Rank(int limit)
    {
        var runtimes = Runtimes();
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
                    .Select(title => Summarise(window, region, title.Content, title.Value, runtimes))
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
            title.Decayed += (long)Math.Round(milliseconds * DecayedUnit * PortableMath.Exp2(-(age / Windows[window].HalfLife)));
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

    private void Name(long content, double seconds)
    {
        if (known?.ContainsKey(content) == true || !(seconds > 0) || seconds > LongestRuntime.TotalSeconds)
            return;
        ref var runtime = ref CollectionsMarshal.GetValueRefOrAddDefault(named, (content, (int)(seconds / 60)), out _);
        runtime = (runtime.Count + 1, runtime.Milliseconds + (long)Math.Round(seconds * 1000));
    }

    /// <summary>
    /// Milliseconds by title: the minute that most events name, and in it their mean; of two that as many name, the longer. One event that
    /// is wrong changes nothing where others are right.
    /// </summary>
    private Dictionary<long, double> Runtimes() => named
        .GroupBy(entry => entry.Key.Content)
        .ToDictionary(title => title.Key, title =>
        {
            var (count, milliseconds) = title.OrderByDescending(entry => entry.Value.Count).ThenByDescending(entry => entry.Key.Minute).First().Value;
            return (double)milliseconds / count;
        });

    private PopularTitle Summarise(int window, string region, long content, Watched title, Dictionary<long, double> runtimes)
    {
        var runtime = known?.TryGetValue(content, out var length) == true ? length.TotalMilliseconds
            : runtimes.TryGetValue(content, out var milliseconds) ? milliseconds
            : UnknownRuntime.TotalMilliseconds;
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
