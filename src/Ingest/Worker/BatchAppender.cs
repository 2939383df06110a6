using System.Globalization;
using Confluent.Kafka;
using Pipeline.Ingest.Events;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>
/// Takes batches to the store, several at once, and finishes them in the order in which they came: so the offsets that are stored are
/// at any time those of an unbroken prefix of each partition.
/// </summary>
/// <remarks>
/// If the process dies: before the append is acknowledged, the events come again and are new or duplicates of themselves; after it but
/// before the ledger, they come again and are duplicates of themselves, which the ledger counts as stored; after the ledger but before
/// the offset is committed, they come again and the ledger has them already.
/// </remarks>
internal sealed class BatchAppender(
    IngestServices services,
    DeadLetters deadLetters,
    Weather weather,
    BatchBuilder builder,
    Action<TopicPartitionOffset> storeOffset,
    int appends)
    : IDisposable
{
    // One more than may append, so that the store is not idle while a batch that it has acknowledged is counted.
    private readonly SemaphoreSlim _slots = new(appends + 1);
    private readonly SemaphoreSlim _appending = new(appends);
    private readonly CancellationTokenSource _abandoned = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Batches that are not finished.</summary>
    public int InFlight => appends + 1 - _slots.CurrentCount;

    /// <summary>Starts on a batch if one can be started within the time. For one thread.</summary>
    /// <exception cref="Exception">An earlier batch met a fault, which is not the weather's: nothing after it can be finished.</exception>
    public bool TryStart(Batch batch, TimeSpan patience, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        if (!_slots.Wait(patience, cancellationToken))
        {
            ThrowIfFaulted();
            return false;
        }

        var append = Task.Run(() => AppendAsync(batch));
        _last = FinishAsync(batch, append, previous: _last);
        return true;
    }

    public void ThrowIfFaulted()
    {
        if (_last.IsFaulted)
            _last.GetAwaiter().GetResult();
    }

    /// <summary>Waits until every batch that was started is finished.</summary>
    /// <returns>False if that took longer.</returns>
    public bool Drain(TimeSpan patience) => Task.WaitAny([_last], patience) == 0 && _last.IsCompletedSuccessfully;

    /// <summary>Ends all retries. What is not finished stays so.</summary>
    public async Task AbandonAsync()
    {
        await _abandoned.CancelAsync();
        await _last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _slots.Dispose();
        _appending.Dispose();
        _abandoned.Dispose();
    }

    private async Task<AppendOutcome[]> AppendAsync(Batch batch)
    {
        var outcomes = new AppendOutcome[batch.Entries.Count];
        var valid = new List<int>(outcomes.Length);
        var documents = new List<EventDocument>(outcomes.Length);
        for (var i = 0; i < outcomes.Length; i++)
        {
            var entry = batch.Entries[i];
            if (entry.Refusal is not null || entry.Partition.IsClosed)
                continue;
            valid.Add(i);
            documents.Add(batch.Document(entry));
        }

        if (documents.Count == 0)
            return outcomes;
        var answers = await StoreAsync(documents);
        for (var i = 0; i < answers.Count; i++)
            outcomes[valid[i]] = answers[i];
        return outcomes;
    }

    private async Task<IReadOnlyList<AppendOutcome>> StoreAsync(List<EventDocument> documents)
    {
        await _appending.WaitAsync(_abandoned.Token);
        try
        {
            var begun = services.Time.GetTimestamp();
            var answers = await weather.RetryAsync(
                IngestServer.Store, token => services.Events.AppendAsync(documents, token), _abandoned.Token);
            services.Metrics.Appended(services.Time.GetElapsedTime(begun));
            return answers;
        }
        finally
        {
            _appending.Release();
        }
    }

    private async Task FinishAsync(Batch batch, Task<AppendOutcome[]> append, Task previous)
    {
        var outcomes = await append;
        await previous;

        // A partition that was taken away is its next owner's, from the last offset that was stored.
        var partitions = batch.Entries.Select((entry, index) => (Entry: entry, Outcome: outcomes[index]))
            .GroupBy(settled => settled.Entry.Partition)
            .Where(group => !group.Key.IsClosed)
            .Select(group => new Settled(
                group.Key, [.. group.Select(settled => settled.Entry)], [.. group.Select(settled => settled.Outcome)]))
            .ToList();
        await KeepRefusedAsync(partitions);
        await CountAsync(partitions);
        foreach (var settled in partitions)
            settled.Partition.StoreOffset(settled.Entries[^1].Source.Offset + 1, storeOffset);

        builder.Reuse(batch);
        _slots.Release();
    }

    /// <summary>Both copies are there before the offset moves on.</summary>
    private async Task KeepRefusedAsync(List<Settled> partitions)
    {
        var refused = partitions
            .SelectMany(settled => settled.Entries.Zip(
                settled.Outcomes, (entry, outcome) => (Entry: entry, Refusal: Tally.RefusalOf(entry, outcome)!)))
            .Where(pair => pair.Refusal is not null)
            .ToList();
        if (refused.Count == 0)
            return;

        var (first, why) = refused[0];
        Log.Refused(services.Logger, refused.Count, first.Source.ToString(), why.Code, why.Detail);
        var now = services.Time.GetUtcNow();
        var documents = refused.ConvertAll(pair => Document(pair.Entry, pair.Refusal, now));
        // Of an erased member nothing is kept but that there was something: no letter, which is keyed by the member, and no bytes.
        var gone = await weather.RetryAsync(IngestServer.Store, services.Erased.RefreshAsync, _abandoned.Token);
        var letters = refused.Where((pair, index) => pair.Refusal != Refusal.Erased && !documents[index].Names(gone))
            .Select(pair => (pair.Entry.Record, pair.Refusal)).ToList();
        if (letters.Count > 0)
            await weather.RetryAsync(IngestServer.Kafka, token => deadLetters.SendAsync(letters, token), _abandoned.Token);
        await weather.RetryAsync(IngestServer.Store, token => services.Refused.KeepAsync(documents, token), _abandoned.Token);
        foreach (var pair in refused)
            services.Metrics.Refused(pair.Refusal.Code);
    }

    private static RefusedEvent Document(BatchEntry entry, Refusal refusal, DateTimeOffset now)
    {
        var message = entry.Record.Message;
        long? member = long.TryParse(message.Key, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;
        var document = new RefusedEvent(entry.Source, message.Value, refusal.Code, refusal.Detail, now, member);
        return refusal == Refusal.Erased ? document.Forgotten() : document;
    }

    private async Task CountAsync(List<Settled> partitions)
    {
        var open = partitions;
        while (open.Count > 0)
        {
            var steps = open.Select(settled => Tally.Count(settled.Partition.Ledger, settled.Entries, settled.Outcomes)).ToList();
            var entries = await weather.RetryAsync(
                IngestServer.Store, token => services.Ledger.AdvanceAsync(steps, token), _abandoned.Token);
            for (var i = 0; i < steps.Count; i++)
            {
                open[i].Partition.Ledger = entries[i];
                if (entries[i] != steps[i].Result)
                    continue;
                services.Metrics.Counted(steps[i].Counts);
                services.Metrics.Redelivered(open[i].Entries.Count - steps[i].Counts.Total);
            }

            // Somebody else has counted a part of these: what is left is counted from where they stopped.
            open = [.. open.Where(settled => settled.Partition.Ledger is var ledger
                && ledger.Epoch == settled.Entries[0].Source.Epoch && ledger.Offset < settled.Entries[^1].Source.Offset)];
        }
    }

    private sealed record Settled(OpenPartition Partition, IReadOnlyList<BatchEntry> Entries, IReadOnlyList<AppendOutcome> Outcomes);
}
