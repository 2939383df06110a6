using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MongoDB.Driver;

namespace Pipeline.Storage.Events;

/// <summary>Turns every way in which the driver says "I do not know" or "not now" into <see cref="EventStoreUnavailableException"/>.</summary>
internal static class StoreOutage
{
    public static bool Is(Exception e) => e is MongoException or TimeoutException or IOException or SocketException;

    public static EventStoreUnavailableException Of(Exception e) => new(e is TimeoutException
        // The driver's own words describe its whole view of the cluster.
        ? $"the document store did not answer in time; {Addresses.MongoVariable} says where it should be"
        : $"the document store does not answer as it should: {e.Message}", e);

    /// <param name="operation">Is given a token that is also cancelled at the deadline.</param>
    public static async Task<T> GuardAsync<T>(
        Func<CancellationToken, Task<T>> operation, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            return await operation(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventStoreUnavailableException($"the document store did not answer within {deadline.TotalSeconds:0} s", e);
        }
        catch (Exception e) when (Is(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Of(e);
        }
    }

    public static async IAsyncEnumerable<T> GuardAsync<T>(
        Func<Task<IAsyncCursor<T>>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cursor = await GuardAsync(_ => open(), Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        while (await GuardAsync(cursor.MoveNextAsync, Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken))
        {
            foreach (var item in cursor.Current)
                yield return item;
        }
    }
}
