using System.Runtime.CompilerServices;

namespace Pipeline.Storage.Events;

/// <summary>Sums a stream of events per user and title, holding the titles of one user at a time.</summary>
/// <remarks>
/// The reader sums, not the server: over a million events on the development store the ordered scan took less than half the time of
/// a <c>$group</c> with the same result, and the server keeps no group in memory either.
/// </remarks>
internal static class UserContentFold
{
    /// <param name="events">Ordered by user, then time.</param>
    public static async IAsyncEnumerable<UserContentTotal> SumAsync(
        IAsyncEnumerable<StoredEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var titles = new SortedDictionary<long, UserContentTotal>();
        long? user = null;
        await foreach (var stored in events.WithCancellation(cancellationToken))
        {
            if (stored.UserId != user)
            {
                foreach (var total in titles.Values)
                    yield return total;
                titles.Clear();
                user = stored.UserId;
            }
            if (stored.ContentId is { } content)
                titles[content] = Add(titles.GetValueOrDefault(content), stored, content);
        }
        foreach (var total in titles.Values)
            yield return total;
    }

    private static UserContentTotal Add(in UserContentTotal total, in StoredEvent stored, long content) => new(
        stored.UserId,
        content,
        total.WatchedSeconds + stored.WatchedSeconds,
        Math.Max(total.DurationSeconds, stored.DurationSeconds),
        total.Completed || stored.Type == EventType.Complete,
        stored.Type == EventType.Rating ? stored.Value ?? total.Rating : total.Rating,
        stored.Type switch { EventType.Like => 1, EventType.Dislike => -1, _ => total.Liked },
        stored.Type switch { EventType.AddToList => true, EventType.RemoveFromList => false, _ => total.Listed },
        total.FirstAt == default ? stored.OccurredAt : total.FirstAt,
        stored.OccurredAt);
}
