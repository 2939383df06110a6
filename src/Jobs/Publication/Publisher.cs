using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>
/// Makes a generation appear whole or not at all. Rows are immutable and written first, counted and checked; then one row of MySQL names
/// the generation, by compare-and-set with the run's fencing token; Redis follows.
/// </summary>
public sealed class Publisher(GenerationStore generations, CacheFiller filler, ServingCache cache, GenerationPruner pruner, IErasedMembers erased, Withdrawal withdrawal)
{
    public const int ListsPerBatch = 2_000;

    /// <param name="reached">Called after each step; the next one waits for it.</param>
    /// <param name="progress">Called while rows are written, with the share that is.</param>
    /// <returns>The generation that is served now.</returns>
    /// <exception cref="PublicationRefusedException">The lists are not fit, or a later run has published.</exception>
    public async Task<long> PublishAsync(
        PublicationRequest publication, Func<PublicationStep, CancellationToken, Task> reached, Action<double> progress, CancellationToken cancellationToken)
    {
        const string scope = GenerationStore.GlobalScope;
        var lease = publication.Lease;
        if (publication.Members.Count == 0)
            throw new PublicationRefusedException("there is nobody to publish for: readers keep the lists that they have");
        // A process that dies up to PointerMoved leaves rows that no reader is led to; pruning takes them when their run is over.
        long generation = await generations.CreateAsync(scope, lease, publication.ModelId, cancellationToken);
        await reached(PublicationStep.GenerationOpened, cancellationToken);

        await WriteRowsAsync(generation, publication, progress, cancellationToken);
        await reached(PublicationStep.RowsWritten, cancellationToken);

        await PublicationChecks.RunAsync(generations, erased, generation, publication, cancellationToken);
        await reached(PublicationStep.RowsChecked, cancellationToken);

        await filler.FillAsync(generation, cancellationToken);
        await reached(PublicationStep.CacheFilled, cancellationToken);

        int lists = publication.Members.Count - await withdrawal.WithdrawAsync(generation, publication.Members, cancellationToken);
        var served = await generations.PointerAsync(scope, cancellationToken);
        if (!await generations.FlipAsync(scope, generation, served?.GenerationId, lists, lease, cancellationToken))
            throw new PublicationRefusedException($"generation {generation} came too late: a later run has published");
        await reached(PublicationStep.PointerMoved, cancellationToken);

        // From here on it is published. What a dying process leaves undone below, the reconciler and the next publication do.
        await cache.MoveGenerationAsync(generation, lease.Token, cancellationToken);
        await reached(PublicationStep.CachePointerMoved, cancellationToken);

        await pruner.PruneAsync(cancellationToken);
        await reached(PublicationStep.Pruned, cancellationToken);
        return generation;
    }

    private async Task WriteRowsAsync(long generation, PublicationRequest publication, Action<double> progress, CancellationToken cancellationToken)
    {
        int written = 0;
        foreach (var batch in publication.Lists.Chunk(ListsPerBatch))
        {
            await generations.WriteAsync(generation, batch, cancellationToken);
            written += batch.Length;
            progress((double)written / publication.Members.Count);
        }
    }
}
