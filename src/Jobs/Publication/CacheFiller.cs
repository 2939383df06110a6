using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>Copies a generation from MySQL to Redis and makes sure that it is there.</summary>
public sealed class CacheFiller(GenerationStore generations, ServingCache cache, IErasedMembers erased)
{
    private const int ListsPerBatch = 1_000;

    /// <summary>A Redis that forgets while it is being filled was restarted; more often than this is not weather.</summary>
    private const int MostPasses = 3;

    /// <exception cref="PublicationRefusedException">Redis keeps losing what it acknowledged.</exception>
    public async Task FillAsync(long generation, CancellationToken cancellationToken)
    {
        await erased.RefreshAsync(cancellationToken);
        for (int pass = 1; ; pass++)
        {
            int written = await WriteAsync(generation, cancellationToken);
            int missing = await CountMissingAsync(generation, cancellationToken);
            if (missing == 0)
                return;
            if (pass == MostPasses)
                throw new PublicationRefusedException($"Redis has lost {missing} of {written} lists of generation {generation} just after writing them, {pass} times");
        }
    }

    private async Task<int> WriteAsync(long generation, CancellationToken cancellationToken)
    {
        int written = 0;
        await foreach (var batch in BatchesAsync(generation, cancellationToken))
        {
            await cache.WriteListsAsync(generation, batch, cancellationToken);
            written += batch.Length;
            // A member who was erased after the batch was read: the erasure may have been here before it was written.
            var gone = await erased.RefreshAsync(cancellationToken);
            if (gone.Count > 0 && batch.Select(list => list.UserId).Where(gone.Contains).ToArray() is { Length: > 0 } members)
                await cache.DeleteListsAsync(generation, members, cancellationToken);
        }
        return written;
    }

    private async Task<int> CountMissingAsync(long generation, CancellationToken cancellationToken)
    {
        int missing = 0;
        await foreach (var batch in BatchesAsync(generation, cancellationToken))
            missing += batch.Length - await cache.CountListsAsync(generation, [.. batch.Select(list => list.UserId)], cancellationToken);
        return missing;
    }

    private IAsyncEnumerable<CachedList[]> BatchesAsync(long generation, CancellationToken cancellationToken) =>
        generations.ReadAsync(generation, cancellationToken)
            .Where(list => !erased.Known.Contains(list.UserId))
            .Select(list => new CachedList(list.UserId, [.. list.Items.Select(item => item.ContentId)]))
            .Chunk(ListsPerBatch);
}
