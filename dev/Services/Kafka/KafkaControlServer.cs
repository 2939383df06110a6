using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;

namespace Pipeline.Services.Kafka;

/// <summary>
/// The stand-in's faults for other processes: lines over TCP on loopback. The first line is the token; every further line is a command
/// of <see cref="KafkaControlCommands"/>, answered by <c>ok</c> or <c>error: why</c>.
/// </summary>
internal sealed class KafkaControlServer : IAsyncDisposable
{
    /// <summary>A line that is longer is no command.</summary>
    private const int MaxLine = 512;

    private readonly KafkaStandIn _standIn;
    private readonly byte[] _token;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private KafkaControlServer(KafkaStandIn standIn, string token)
    {
        _standIn = standIn;
        _token = Encoding.UTF8.GetBytes(token);
        _listener.Start();
        Address = _listener.LocalEndpoint.ToString()!;
        _accepting = AcceptAsync(_stop.Token);
    }

    /// <summary>host:port.</summary>
    public string Address { get; }

    public static KafkaControlServer Start(KafkaStandIn standIn, string token) => new(standIn, token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        var connections = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(cancellationToken);
                connections.RemoveAll(connection => connection.IsCompleted);
                connections.Add(ServeAsync(client, cancellationToken));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Stopping, or a client that hung up before it was accepted.
            }
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                var lines = new LineReader(stream, MaxLine);
                var token = await lines.ReadAsync(cancellationToken);
                if (token is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), _token))
                {
                    await AnswerAsync(stream, "error: wrong token", cancellationToken);
                    return;
                }

                while (await lines.ReadAsync(cancellationToken) is { } line)
                    await AnswerAsync(stream, Run(line), cancellationToken);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client hung up, or the server stops.
            }
        }
    }

    private string Run(string line)
    {
        try
        {
            KafkaControlCommands.Run(_standIn, line);
            return "ok";
        }
        catch (Exception e) when (e is FormatException or KafkaException)
        {
            return $"error: {e.Message}";
        }
    }

    private static ValueTask AnswerAsync(NetworkStream stream, string line, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);

    /// <summary>Reads lines of bounded length, so that nobody without the token can make the server hold more than that.</summary>
    private sealed class LineReader(NetworkStream stream, int longest)
    {
        private readonly byte[] _buffer = new byte[longest];
        private int _filled;

        /// <summary>The next line without its end, or null at the end of the stream or after a line that is too long.</summary>
        public async Task<string?> ReadAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var end = _buffer.AsSpan(0, _filled).IndexOf((byte)'\n');
                if (end >= 0)
                {
                    var line = Encoding.UTF8.GetString(_buffer, 0, end).TrimEnd('\r');
                    _buffer.AsSpan(end + 1, _filled - end - 1).CopyTo(_buffer);
                    _filled -= end + 1;
                    return line;
                }

                if (_filled == _buffer.Length)
                    return null;
                var read = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
                if (read == 0)
                    return null;
                _filled += read;
            }
        }
    }
}
