using Confluent.Kafka;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Worker;

/// <summary>Bad weather is retried, for as long as it takes: a server that does not answer is never a reason to drop an event.</summary>
internal sealed class Weather(IngestStatus status, Backoff backoff, TimeProvider time, ILogger logger)
{
    /// <summary>Repeats the operation until the server has answered it.</summary>
    /// <exception cref="OperationCanceledException">The caller has stopped waiting.</exception>
    public async Task<T> RetryAsync<T>(IngestServer server, Func<CancellationToken, Task<T>> operation, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var result = await operation(cancellationToken);
                status.Answers(server);
                return result;
            }
            catch (Exception e) when (e is EventStoreUnavailableException or KafkaException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                status.Fails(server, e.Message);
                Log.AttemptFailed(logger, server.ToString(), attempt + 1, e.Message);
            }

            await Task.Delay(backoff.After(attempt), time, cancellationToken);
        }
    }

    public Task RetryAsync(IngestServer server, Func<CancellationToken, Task> operation, CancellationToken cancellationToken) =>
        RetryAsync(
            server,
            async token =>
            {
                await operation(token);
                return true;
            },
            cancellationToken);
}
