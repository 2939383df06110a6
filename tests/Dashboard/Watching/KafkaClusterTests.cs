using System.Net;
using System.Net.Sockets;
using Pipeline.Dashboard.Watching;
using Pipeline.Servers;

namespace Pipeline.Dashboard.Tests.Watching;

[Trait("speed", "server")]
public sealed class KafkaClusterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Metadata version 2: correlation, two brokers (one with a rack), the cluster's name, its controller and no topics.</summary>
    private static readonly byte[] Answer =
        [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 7, 0, 1, 97, 0, 0, 35, 132, 255, 255, 0, 0, 0, 8, 0, 1, 98, 0, 0, 35, 132, 0, 1, 114, 0, 3, 120, 121, 122, 0, 0, 0, 7, 0, 0, 0, 0];

    [Fact]
    public async Task A_cluster_says_how_many_brokers_it_has_though_the_first_that_is_named_does_not_answer()
    {
        var cluster = await KafkaCluster.AskAsync("127.0.0.1:1," + await TestServers.KafkaAsync(), Cancelled);

        Assert.True(cluster.Brokers > 0);
    }

    [Fact]
    public void An_answer_is_read_and_one_that_ends_anywhere_is_none()
    {
        Assert.Equal(new KafkaCluster(2, "xyz"), KafkaCluster.Read(Answer));
        // What stands behind the cluster's name is not asked for.
        for (int length = 0; length < Answer.Length - 8; length++)
            Assert.Throws<InvalidDataException>(() => KafkaCluster.Read(Answer.AsSpan(0, length)));
        Assert.Throws<InvalidDataException>(() => KafkaCluster.Read([0, 0, 0, 2, .. Answer[4..]]));
        Assert.Throws<InvalidDataException>(() => KafkaCluster.Read([0, 0, 0, 1, 255, 255, 255, 255, .. Answer[8..]]));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", typeof(InvalidDataException))]
    [InlineData("", typeof(EndOfStreamException))]
    public async Task What_is_not_Kafka_is_said_to_be_none(string said, Type error)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var answering = AnswerAsync(other, said);

        var thrown = await Record.ExceptionAsync(() => KafkaCluster.AskAsync(other.LocalEndpoint.ToString()!, Cancelled));
        Assert.IsType(error, thrown);
        await answering;
    }

    private static async Task AnswerAsync(TcpListener listener, string said)
    {
        using var client = await listener.AcceptTcpClientAsync(Cancelled);
        await using var stream = client.GetStream();
        // All of the request first: what is closed with unread bytes in it is reset.
        await stream.ReadExactlyAsync(new byte[36], Cancelled);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(said), Cancelled);
    }
}
