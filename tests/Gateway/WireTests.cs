using MongoDB.Bson;

namespace Pipeline.Gateway.Tests;

/// <summary>Bytes that no driver sends: each is answered with an error or ends its own connection, and nobody else notices.</summary>
[Trait("speed", "server")]
public sealed class WireTests(GatewayFixture gateway) : IAsyncDisposable
{
    private static readonly BsonDocument Ping = new() { { "ping", 1 }, { "$db", "admin" } };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>After whatever a test did, a newcomer is served.</summary>
    public async ValueTask DisposeAsync()
    {
        using var newcomer = await LogInAsync();
        Assert.Equal(1, (await newcomer.RunAsync(Ping, CancellationToken.None))["ok"].ToInt32());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(15)]
    [InlineData(20)]
    [InlineData(48_000_001)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public async Task An_impossible_length_ends_the_connection(int length)
    {
        using var client = await LogInAsync();
        await client.SendAsync([.. WireClient.Int32(length), .. new byte[60]], Ct);
        Assert.Null(await client.ReceiveAsync(Ct));
    }

    [Fact]
    public async Task Before_authentication_a_large_message_ends_the_connection()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(WireClient.Message(new BsonDocument { { "hello", 1 }, { "filler", new string('x', 20_000) }, { "$db", "admin" } }), Ct);
        Assert.Null(await client.ReceiveAsync(Ct));
    }

    [Theory]
    [InlineData(2012)]
    [InlineData(1)]
    [InlineData(0)]
    public async Task An_opcode_that_is_not_spoken_ends_the_connection(int opcode)
    {
        using var client = await LogInAsync();
        await client.SendAsync(WireClient.Message(opcode, new byte[30]), Ct);
        Assert.Null(await client.ReceiveAsync(Ct));
    }

    public static TheoryData<string, byte[]> MalformedPayloads()
    {
        var body = Ping.ToBson();
        byte[] flags = [0, 0, 0, 0];
        return new()
        {
            { "no body", [.. flags, .. WireClient.Sequence("documents", Ping)] },
            { "two bodies", [.. flags, 0, .. body, 0, .. body] },
            { "unknown section", [.. flags, 7, .. body] },
            { "unknown required flag", [4, 0, 0, 0, 0, .. body] },
            { "section too long", [.. flags, 0, .. WireClient.Int32(body.Length + 1), .. body[4..]] },
            { "section too short", [.. flags, 0, .. WireClient.Int32(4), .. body[4..]] },
            { "negative section", [.. flags, 0, .. WireClient.Int32(-5), .. body[4..]] },
            { "sequence without a name's end", [.. flags, 0, .. body, 1, .. WireClient.Int32(8), 1, 1, 1, 1] },
            { "sequence with half a document", [.. flags, 0, .. body, 1, .. WireClient.Int32(14), (byte)'d', 0, .. body[..8]] },
            { "document without its zero", [.. flags, 0, .. body[..^1], 1] },
            { "unknown type", [.. flags, 0, .. WireClient.Int32(9), 0x50, (byte)'a', 0, 1, 0] },
            { "string past the end", [.. flags, 0, .. WireClient.Int32(14), 2, (byte)'a', 0, .. WireClient.Int32(100), (byte)'x', 0, 0] },
            { "empty document", [.. flags, 0, .. WireClient.Int32(5), 0] },
            { "checksum flag without a checksum", [1, 0, 0, 0, 0] },
        };
    }

    [Theory]
    [MemberData(nameof(MalformedPayloads))]
    public async Task A_malformed_message_is_answered_with_an_error_and_the_connection_goes_on(string what, byte[] payload)
    {
        using var client = await LogInAsync();
        await client.SendAsync(WireClient.Message(WireClient.OpMsg, payload), Ct);
        var (_, reply) = (await client.ReceiveAsync(Ct))!.Value;
        Assert.True(reply["ok"].ToInt32() == 0, what);
        Assert.Contains(reply["code"].AsInt32, new[] { 9, 22 });
        Assert.Equal(1, (await client.RunAsync(Ping, Ct))["ok"].ToInt32());
    }

    [Fact]
    public async Task Documents_nested_without_end_are_refused()
    {
        using var client = await LogInAsync();
        var nested = new BsonDocument();
        for (var depth = 0; depth < 5000; depth++)
            nested = new BsonDocument("a", nested);
        var settings = new MongoDB.Bson.IO.BsonBinaryWriterSettings { MaxSerializationDepth = 10_000 };
        var command = new BsonDocument { { "insert", "c" }, { "documents", new BsonArray { nested } }, { "$db", "x" } };
        var body = command.ToBson(writerSettings: settings);
        await client.SendAsync(WireClient.Message(WireClient.OpMsg, [0, 0, 0, 0, 0, .. body]), Ct);
        Assert.Equal(22, (await client.ReceiveAsync(Ct))!.Value.Document["code"].AsInt32);
    }

    [Fact]
    public async Task A_message_that_is_cut_short_ends_with_its_connection()
    {
        var message = WireClient.Message(Ping);
        for (var length = 1; length < message.Length; length += 3)
        {
            using var client = await ConnectAsync();
            await client.SendAsync(message[..length], Ct);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_damage_never_reaches_further_than_its_connection(int seed)
    {
        var random = new Random(seed);
        var insert = new BsonDocument { { "insert", "fuzzed" }, { "documents", new BsonArray { new BsonDocument { { "_id", 1 }, { "s", "text" }, { "a", new BsonArray { 1, 2.5 } } } } }, { "$db", "fuzz" } };
        byte[][] good = [WireClient.Message(Ping), WireClient.Message(insert), WireClient.Message(new BsonDocument { { "find", "fuzzed" }, { "filter", new BsonDocument("s", "text") }, { "$db", "fuzz" } })];
        for (var round = 0; round < 150; round++)
        {
            var message = good[random.Next(good.Length)].ToArray();
            for (var damage = random.Next(1, 6); damage > 0; damage--)
                message[random.Next(4, message.Length)] = (byte)random.Next(256);
            using var client = await LogInAsync();
            await client.SendAsync(message, Ct);
            // A damaged flag may say that no answer is wanted: an answer to the ping behind shows that the message is done with.
            await client.SendAsync(WireClient.Message(Ping, requestId: 2), Ct);
            while (await client.ReceiveAsync(Ct) is { } reply && reply.ResponseTo != 2)
                Assert.True(reply.Document.Contains("ok"));
        }
    }

    [Fact]
    public async Task Pipelined_messages_are_answered_in_order()
    {
        using var client = await LogInAsync();
        await client.SendAsync([.. Enumerable.Range(100, 20).SelectMany(id => WireClient.Message(Ping, requestId: id))], Ct);
        for (var id = 100; id < 120; id++)
            Assert.Equal(id, (await client.ReceiveAsync(Ct))!.Value.ResponseTo);
    }

    [Fact]
    public async Task A_message_that_comes_byte_by_byte_is_whole_in_the_end()
    {
        using var client = await LogInAsync();
        foreach (var part in WireClient.Message(Ping))
            await client.SendAsync([part], Ct);
        Assert.Equal(1, (await client.ReceiveAsync(Ct))!.Value.Document["ok"].ToInt32());
    }

    [Fact]
    public async Task A_checksum_is_passed_over()
    {
        using var client = await LogInAsync();
        await client.SendAsync(WireClient.Message(Ping, flags: 1), Ct);
        Assert.Equal(1, (await client.ReceiveAsync(Ct))!.Value.Document["ok"].ToInt32());
    }

    [Fact]
    public async Task A_sequence_may_come_before_its_body_and_with_any_command()
    {
        using var client = await LogInAsync();
        var name = Servers.TestServers.FreshName();
        byte[] Payload(BsonDocument command, byte[] sequence) => [0, 0, 0, 0, .. sequence, 0, .. command.ToBson()];
        await client.SendAsync(WireClient.Message(WireClient.OpMsg, Payload(new() { { "insert", "c" }, { "$db", name } }, WireClient.Sequence("documents", new("_id", 1), new("_id", 2)))), Ct);
        Assert.Equal(2, (await client.ReceiveAsync(Ct))!.Value.Document["n"].ToInt32());
        await client.SendAsync(WireClient.Message(WireClient.OpMsg, Payload(
            new() { { "aggregate", "c" }, { "cursor", new BsonDocument() }, { "$db", name } },
            WireClient.Sequence("pipeline", new BsonDocument("$match", new BsonDocument("_id", 2)), new BsonDocument("$count", "n")))), Ct);
        Assert.Equal(1, (await client.ReceiveAsync(Ct))!.Value.Document["cursor"]["firstBatch"][0]["n"].ToInt32());
    }

    [Fact]
    public async Task OP_QUERY_carries_a_hello_and_nothing_else()
    {
        using var client = await ConnectAsync();
        byte[] Query(BsonDocument command) => [0, 0, 0, 0, .. "admin.$cmd\0"u8, 0, 0, 0, 0, 255, 255, 255, 255, .. command.ToBson()];
        await client.SendAsync(WireClient.Message(2004, Query(new("isMaster", 1))), Ct);
        var hello = (await client.ReceiveAsync(Ct))!.Value.Document;
        Assert.Equal(25_000, hello["maxWriteBatchSize"].AsInt32);
        Assert.False(hello.Contains("setName") || hello.Contains("msg"));
        await client.SendAsync(WireClient.Message(2004, Query(new("find", "c"))), Ct);
        Assert.Equal(352, (await client.ReceiveAsync(Ct))!.Value.Document["code"].AsInt32);
    }

    private async Task<WireClient> ConnectAsync() => await WireClient.ConnectAsync((await gateway.StartAsync()).Host.EndPoint, Ct);

    private async Task<WireClient> LogInAsync() => await WireClient.LogInAsync((await gateway.StartAsync()).Host.EndPoint, CancellationToken.None);
}
