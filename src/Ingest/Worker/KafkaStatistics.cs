using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Pipeline.Ingest.Worker;

/// <summary>What the worker needs of the statistics that librdkafka hands out as JSON.</summary>
/// <remarks>https://github.com/confluentinc/librdkafka/blob/master/STATISTICS.md</remarks>
/// <param name="BrokerIsUp">Whether there is a connection to any broker.</param>
/// <param name="Lag">For each partition the events after its stored offset, or after its committed one until something has been stored.</param>
internal sealed record KafkaStatistics(bool BrokerIsUp, ImmutableSortedDictionary<int, long> Lag)
{
    public static KafkaStatistics Parse(string json, string topic)
    {
        using var document = JsonDocument.Parse(json);
        var brokerIsUp = false;
        foreach (var broker in document.RootElement.GetProperty("brokers").EnumerateObject())
            brokerIsUp |= broker.Value.GetProperty("state").ValueEquals("UP");

        var lag = ImmutableSortedDictionary.CreateBuilder<int, long>();
        if (document.RootElement.GetProperty("topics").TryGetProperty(topic, out var consumed))
        {
            foreach (var partition in consumed.GetProperty("partitions").EnumerateObject())
            {
                // −1 stands for unknown, both as a partition and as a lag.
                var id = int.Parse(partition.Name, CultureInfo.InvariantCulture);
                var events = partition.Value.GetProperty("consumer_lag_stored").GetInt64();
                if (events < 0)
                    events = partition.Value.GetProperty("consumer_lag").GetInt64();
                if (id >= 0 && events >= 0)
                    lag[id] = events;
            }
        }

        return new KafkaStatistics(brokerIsUp, lag.ToImmutable());
    }
}
