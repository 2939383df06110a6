using Confluent.Kafka;

namespace Pipeline.Ingest.Worker;

/// <summary>
/// Kafka to the document store: one thread consumes, validates and batches, others append. The consuming thread goes on polling whatever
/// the store does, so that the group keeps this worker.
/// </summary>
public sealed class IngestWorker : IDisposable
{
    private static readonly TimeSpan PollPatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PausedPollPatience = TimeSpan.FromMilliseconds(20);

    private readonly IngestSettings _settings;
    private readonly IngestServices _services;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly DeadLetters _deadLetters;
    private readonly Assignment _assignment;
    private readonly BatchAppender _appender;
    private readonly Intake _intake;
    private bool _paused;

    public IngestWorker(IngestSettings settings, IngestServices services)
    {
        (_settings, _services) = (settings, services);
        _deadLetters = new DeadLetters(services.Kafka, services.Worker, services.Logger);
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(KafkaConsumers.Config(services.Kafka, services.Worker, settings))
            .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => OnRevoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => OnLost(partitions))
            .SetErrorHandler((_, error) => OnError(error))
            .SetStatisticsHandler((_, json) => OnStatistics(json))
            .SetLogHandler((_, _) => { })
            .Build();
        var weather = new Weather(services.Status, new Backoff(services.Random), services.Time, services.Logger);
        var builder = new BatchBuilder(settings, services.Time);
        _assignment = new Assignment(_consumer, services, weather);
        _appender = new BatchAppender(services, _deadLetters, weather, builder, StoreOffset, settings.Appends);
        _intake = new Intake(settings, services, _assignment, builder, _appender);
    }

    /// <summary>Works until it is told to stop, and then stops in order.</summary>
    /// <returns>Whether everything that was begun was stored and committed.</returns>
    /// <exception cref="Exception">A fault of our own. Nothing that is not stored was committed.</exception>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        var consuming = new TaskCompletionSource();
        new Thread(() => Consume(consuming, stopping)) { IsBackground = true, Name = "ingest consumer" }.Start();
        try
        {
            await consuming.Task;
            return Stop();
        }
        finally
        {
            await _appender.AbandonAsync();
            await _assignment.ClearAsync();
        }
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _deadLetters.Dispose();
        _appender.Dispose();
    }

    private void Consume(TaskCompletionSource ended, CancellationToken stopping)
    {
        try
        {
            _consumer.Subscribe(IngestSettings.Topic);
            while (!stopping.IsCancellationRequested)
            {
                if (Poll() is { } record)
                    _intake.Add(record);
                _intake.Advance(stopping);
                PauseOrResume();
            }

            ended.SetResult();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            ended.SetResult();
        }
        catch (Exception e)
        {
            // Whatever it is, it must end the worker, and not only this thread.
            ended.SetException(e);
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Poll()
    {
        try
        {
            var due = _intake.DueIn ?? PollPatience;
            return _consumer.Consume(_paused ? PausedPollPatience : due < PollPatience ? due : PollPatience);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            Log.KafkaError(_services.Logger, e.Error.Reason);
            return null;
        }
    }

    /// <remarks>Partitions that a rebalance brings are not paused, so it is done again after each.</remarks>
    private void PauseOrResume()
    {
        var pause = _intake.MustHold;
        if (pause && (!_paused || _assignment.HasChanged))
            _consumer.Pause(_consumer.Assignment);
        else if (!pause && _paused)
            _consumer.Resume(_consumer.Assignment);
        _paused = pause;
        _assignment.HasChanged = false;

        var behind = _intake.IsBehind;
        if (behind && !_services.Status.IsPaused)
            Log.Paused(_services.Logger);
        else if (!behind && _services.Status.IsPaused)
            Log.Resumed(_services.Logger);
        _services.Status.IsPaused = behind;
    }

    /// <summary>
    /// The order in which a worker stops. Each step needs the one before it, and after the last one nothing is left for another worker
    /// to repeat:
    /// 1. no more records are taken: the consuming thread has ended, and what the client had fetched ahead was never begun;
    /// 2. what was begun is appended, its refused events kept, the ledger moved, the offsets stored, all for a bounded time;
    /// 3. the stored offsets are committed;
    /// 4. the group is left, so that the others take over at once and not after the session time-out;
    /// 5. retries that are still under way are given up: what they were for was never committed.
    /// A commit that a broker has refused is the exception: librdkafka repeats it as it was, after newer ones if need be. Then the next
    /// worker is given again what lies between, and the ledger knows it.
    /// </summary>
    private bool Stop()
    {
        Log.Stopping(_services.Logger, _appender.InFlight, _settings.Drain.TotalSeconds);
        var clean = _intake.Finish() & CommitForGood();
        _consumer.Close();
        if (clean)
            Log.StoppedClean(_services.Logger);
        else
            Log.StoppedEarly(_services.Logger);
        return clean;
    }

    /// <summary>
    /// Commits even while the group is changing hands, which makes brokers refuse: polling lets that come to its end. Records that come
    /// by it are not begun.
    /// </summary>
    private bool CommitForGood()
    {
        var begun = _services.Time.GetTimestamp();
        while (!Commit())
        {
            if (_services.Time.GetElapsedTime(begun) > _settings.Drain)
                return false;
            _ = Poll();
        }

        return true;
    }

    private bool Commit()
    {
        try
        {
            _consumer.Commit();
            return true;
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_NoOffset)
        {
            // Nothing was stored since the last commit.
            return true;
        }
        catch (KafkaException e)
        {
            Log.CommitFailed(_services.Logger, e.Error.Reason);
            return false;
        }
    }

    private void StoreOffset(TopicPartitionOffset offset)
    {
        try
        {
            _consumer.StoreOffset(offset);
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_State)
        {
            // The partition has just gone to another worker, which repeats from the last commit.
        }
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
            return;
        Log.Assigned(_services.Logger, Names(partitions));
        partitions.ForEach(_assignment.Add);
    }

    private void OnRevoked(List<TopicPartitionOffset> revoked)
    {
        if (revoked.Count == 0)
            return;
        var partitions = revoked.ConvertAll(partition => partition.TopicPartition);
        Log.Revoked(_services.Logger, Names(partitions));
        // The client itself commits what is stored before it lets go. A commit from in here can wait for ever while the group is left.
        if (!_intake.Finish())
            Log.RevokedEarly(_services.Logger);
        Forget(partitions);
    }

    private void OnLost(List<TopicPartitionOffset> lost)
    {
        var partitions = lost.ConvertAll(partition => partition.TopicPartition);
        Log.Lost(_services.Logger, Names(partitions));
        Forget(partitions);
    }

    private void Forget(List<TopicPartition> partitions)
    {
        partitions.ForEach(_assignment.Remove);
        _intake.DropStrangers();
    }

    private void OnError(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
            _services.Status.Fails(IngestServer.Kafka, error.Reason);
        else
            Log.KafkaError(_services.Logger, error.Reason);
    }

    private void OnStatistics(string json)
    {
        var statistics = KafkaStatistics.Parse(json, IngestSettings.Topic);
        _services.Status.Lag = statistics.Lag;
        if (statistics.BrokerIsUp)
            _services.Status.Answers(IngestServer.Kafka);
        else
            _services.Status.Fails(IngestServer.Kafka, "no broker is connected");
    }

    private static string Names(IEnumerable<TopicPartition> partitions) =>
        string.Join(", ", partitions.Select(partition => partition.Partition.Value).Order());
}
