using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;

namespace Pipeline.Gateway.Tests;

/// <summary>A client without a driver in between, for bytes that no driver would send.</summary>
internal sealed class WireClient(TcpClient client) : IDisposable
{
    public const int OpMsg = 2013;

    private const int HeaderSize = 16;

    private readonly NetworkStream _stream = client.GetStream();
    private int _requestId;

    public static async Task<WireClient> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(endPoint, cancellationToken);
        return new WireClient(client);
    }

    /// <summary>Connects and authenticates as <see cref="GatewayFixture.User"/>.</summary>
    public static async Task<WireClient> LogInAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var client = await ConnectAsync(endPoint, cancellationToken);
        await ScramClient.AuthenticateAsync(client, GatewayFixture.User, GatewayFixture.Password, cancellationToken);
        return client;
    }

    public static byte[] Message(BsonDocument command, uint flags = 0, int requestId = 1)
    {
        var body = command.ToBson();
        return Message(OpMsg, [.. Int32((int)flags), 0, .. body, .. (flags & 1) != 0 ? new byte[4] : []], requestId);
    }

    public static byte[] Message(int opcode, byte[] payload, int requestId = 1) =>
        [.. Int32(HeaderSize + payload.Length), .. Int32(requestId), .. Int32(0), .. Int32(opcode), .. payload];

    public static byte[] Sequence(string field, params BsonDocument[] documents)
    {
        byte[] all = [.. documents.SelectMany(document => document.ToBson())];
        return [1, .. Int32(4 + field.Length + 1 + all.Length), .. Encoding.UTF8.GetBytes(field), 0, .. all];
    }

    public static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => await _stream.WriteAsync(bytes, cancellationToken);

    public async Task<BsonDocument> RunAsync(BsonDocument command, CancellationToken cancellationToken)
    {
        var requestId = ++_requestId;
        await SendAsync(Message(command, requestId: requestId), cancellationToken);
        var (responseTo, reply) = await ReceiveAsync(cancellationToken) ?? throw new EndOfStreamException("the gateway closed");
        Assert.Equal(requestId, responseTo);
        return reply;
    }

    /// <returns>Null where the gateway closed the connection.</returns>
    public async Task<(int ResponseTo, BsonDocument Document)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        try
        {
            if (await _stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken) < HeaderSize)
                return null;
        }
        catch (IOException)
        {
            // Reset, because it closed with bytes of ours unread.
            return null;
        }

        var payload = new byte[BinaryPrimitives.ReadInt32LittleEndian(header) - HeaderSize];
        await _stream.ReadExactlyAsync(payload, cancellationToken);
        var documentAt = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)) == OpMsg ? 5 : 20;
        return (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8)), Decode(payload[documentAt..]));
    }

    public void Dispose() => client.Dispose();

    /// <summary>Damaged text comes back as damaged as it was stored; MongoDB does not check it either.</summary>
    private static BsonDocument Decode(byte[] document)
    {
        using var reader = new BsonBinaryReader(new MemoryStream(document), new BsonBinaryReaderSettings { Encoding = new UTF8Encoding(false, throwOnInvalidBytes: false) });
        return BsonSerializer.Deserialize<BsonDocument>(reader);
    }
}
