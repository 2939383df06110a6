using System.Text;
using Confluent.Kafka;
using Pipeline.Ingest.Tests.Events;
using Pipeline.Ingest.Worker;
using Pipeline.Storage.Events;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>Records and partitions without a broker.</summary>
internal static class Records
{
    public static OpenPartition Open(int partition, LedgerEntry? ledger = null)
    {
        var entry = ledger ?? new LedgerEntry(IngestSettings.Topic, partition, Epoch: 0, Offset: -1, default);
        return new OpenPartition(new TopicPartition(IngestSettings.Topic, partition), new CancellationTokenSource())
        {
            Opening = Task.FromResult(entry),
            Ledger = entry,
        };
    }

    public static ConsumeResult<byte[]?, byte[]?> At(int partition, long offset, string? json = null) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(IngestSettings.Topic, partition, offset),
        Message = new Message<byte[]?, byte[]?> { Value = Encoding.UTF8.GetBytes(json ?? EventJson.Example().ToJsonString()) },
    };
}
