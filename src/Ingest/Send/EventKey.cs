using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipeline.Ingest.Events;

namespace Pipeline.Ingest.Send;

/// <summary>Keys and partitions of events, as the contract and Kafka's own clients have them.</summary>
internal static class EventKey
{
    /// <summary>The event's user id as text, or null where it has none: whether the event is any good is for the worker to say.</summary>
    public static byte[]? Of(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUserId = reader.ValueTextEquals("userId"u8);
                reader.Read();
                if (isUserId)
                    return KeyOf(ref reader);
                reader.Skip();
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>42.0 is the user 42.</summary>
    private static byte[]? KeyOf(ref Utf8JsonReader reader) =>
        JsonValues.TryGetWhole(ref reader, out var user) ? Encoding.UTF8.GetBytes(user.ToString(CultureInfo.InvariantCulture))
        : reader.TokenType == JsonTokenType.Number ? reader.ValueSpan.ToArray()
        : null;

    /// <summary>The partition that Kafka's Java client takes: a user's events stay together whoever produces them.</summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (int)(Murmur2(key) & 0x7fffffff) % partitions;

    /// <summary>MurmurHash2 as in org.apache.kafka.common.utils.Utils.</summary>
    internal static uint Murmur2(ReadOnlySpan<byte> data)
    {
        const uint M = 0x5bd1e995;
        var hash = 0x9747b28c ^ (uint)data.Length;
        for (; data.Length >= sizeof(uint); data = data[sizeof(uint)..])
        {
            var k = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data) * M;
            hash = (hash * M) ^ ((k ^ (k >> 24)) * M);
        }

        if (data.Length > 0)
        {
            for (var i = data.Length - 1; i >= 0; i--)
                hash ^= (uint)data[i] << (8 * i);
            hash *= M;
        }

        hash = (hash ^ (hash >> 13)) * M;
        return hash ^ (hash >> 15);
    }
}
