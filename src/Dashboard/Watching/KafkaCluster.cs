using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Pipeline.Dashboard.Watching;

/// <summary>What a broker says of its cluster. Kafka's protocol does not tell which version it runs.</summary>
/// <param name="Brokers">Those that are up.</param>
/// <param name="Id">Null where the cluster has none.</param>
internal sealed record KafkaCluster(int Brokers, string? Id)
{
    /// <summary>Of Metadata version 2, the first that names the cluster, for no topic at all.</summary>
    private const short MetadataKey = 3, MetadataVersion = 2;
    private const int Correlation = 1;
    private const int MostBytes = 1 << 20;

    /// <summary>Asks all brokers that are named, each by one request, for which no client library is needed; the first answer counts.</summary>
    /// <param name="servers"><c>host:port</c>, separated by commas; plaintext.</param>
    /// <exception cref="IOException">None answers, or not as Kafka does.</exception>
    /// <exception cref="InvalidDataException">What answers is not Kafka.</exception>
    /// <exception cref="SocketException">None can be reached.</exception>
    public static async Task<KafkaCluster> AskAsync(string servers, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = servers.Split(',', StringSplitOptions.TrimEntries).Select(server => AskOneAsync(server, end.Token)).ToList();
        try
        {
            await foreach (var answer in Task.WhenEach(asked))
                if (answer.IsCompletedSuccessfully)
                    return await answer;
            return await asked[0];
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    private static async Task<KafkaCluster> AskOneAsync(string server, CancellationToken cancellationToken)
    {
        int colon = server.LastIndexOf(':');
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server[..colon].Trim('[', ']'), int.Parse(server.AsSpan(colon + 1)), cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Request(), cancellationToken);
        byte[] size = new byte[4];
        await stream.ReadExactlyAsync(size, cancellationToken);
        int length = BinaryPrimitives.ReadInt32BigEndian(size);
        if (length is < 8 or > MostBytes)
            throw new InvalidDataException($"an answer of {length} bytes is none of Kafka's");
        byte[] answer = new byte[length];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        return Read(answer);
    }

    /// <summary>Size, header and an empty list of topics: https://kafka.apache.org/protocol#The_Messages_Metadata.</summary>
    private static byte[] Request()
    {
        const string client = "pipeline-dashboard";
        byte[] request = new byte[4 + 2 + 2 + 4 + 2 + client.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(4), MetadataKey);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(6), MetadataVersion);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(8), Correlation);
        BinaryPrimitives.WriteInt16BigEndian(request.AsSpan(12), (short)client.Length);
        Encoding.ASCII.GetBytes(client, request.AsSpan(14));
        return request;
    }

    /// <exception cref="InvalidDataException">It is no answer to the request.</exception>
    internal static KafkaCluster Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            if (Number(ref answer) != Correlation)
                throw new InvalidDataException("the answer is to another request");
            int brokers = Number(ref answer);
            ArgumentOutOfRangeException.ThrowIfNegative(brokers);
            for (int i = 0; i < brokers; i++)
            {
                Number(ref answer);
                Text(ref answer);
                Number(ref answer);
                Text(ref answer);
            }
            return new KafkaCluster(brokers, Text(ref answer));
        }
        catch (ArgumentOutOfRangeException end)
        {
            throw new InvalidDataException("the answer ends too early", end);
        }
    }

    private static int Number(ref ReadOnlySpan<byte> rest)
    {
        int number = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[4..];
        return number;
    }

    /// <summary>A text after its length in two bytes; −1 stands for none.</summary>
    private static string? Text(ref ReadOnlySpan<byte> rest)
    {
        int length = BinaryPrimitives.ReadInt16BigEndian(rest);
        rest = rest[2..];
        if (length < 0)
            return null;
        string text = Encoding.UTF8.GetString(rest[..length]);
        rest = rest[length..];
        return text;
    }
}
