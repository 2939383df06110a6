using System.Net;
using System.Net.Sockets;
using System.Text;
using Confluent.Kafka;

namespace Pipeline.Services.Kafka;

/// <summary>Asks a stand-in in another process for faults. Not for use by two threads at once.</summary>
public sealed class KafkaControlClient : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private KafkaControlClient(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        _writer = new StreamWriter(client.GetStream(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
        {
            AutoFlush = true,
            NewLine = "\n",
        };
    }

    /// <param name="address">host:port of <see cref="KafkaStandIn.ControlAddress"/>.</param>
    public static async Task<KafkaControlClient> ConnectAsync(string address, string token, CancellationToken cancellationToken)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(address), cancellationToken);
        var control = new KafkaControlClient(client);
        await control._writer.WriteLineAsync(token.AsMemory(), cancellationToken);
        return control;
    }

    public Task TakeDownAsync(int broker, CancellationToken cancellationToken) => SendAsync($"down {Broker(broker)}", cancellationToken);

    public Task BringUpAsync(int broker, CancellationToken cancellationToken) => SendAsync($"up {Broker(broker)}", cancellationToken);

    public Task FailAsync(KafkaApi api, ErrorCode error, int times, CancellationToken cancellationToken) =>
        SendAsync($"fail {api} {error} {times}", cancellationToken);

    public Task MoveLeaderAsync(string topic, int partition, int broker, CancellationToken cancellationToken) =>
        SendAsync($"leader {topic} {partition} {broker}", cancellationToken);

    public Task CreateTopicAsync(string topic, int partitions, CancellationToken cancellationToken) =>
        SendAsync($"create {topic} {partitions}", cancellationToken);

    /// <param name="command">One line of the table in README.md.</param>
    /// <exception cref="InvalidOperationException">The stand-in refuses; the message has its words.</exception>
    public async Task SendAsync(string command, CancellationToken cancellationToken)
    {
        await _writer.WriteLineAsync(command.AsMemory(), cancellationToken);
        var answer = await _reader.ReadLineAsync(cancellationToken);
        if (answer != "ok")
            throw new InvalidOperationException($"'{command}': {answer ?? "the stand-in hung up"}");
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _client.Dispose();
    }

    private static string Broker(int broker) => broker == KafkaStandIn.AllBrokers ? "all" : broker.ToString();
}
