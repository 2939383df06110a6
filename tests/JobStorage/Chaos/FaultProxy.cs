using System.Net;
using System.Net.Sockets;
using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>Stands between workers and the server and cuts their connections: at random moments, so also in the middle of a statement or a commit.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _server;
    private readonly int _port;
    private readonly Random _random;
    private readonly Task _accepting;
    private int _cuts;
    private volatile bool _calm;

    public FaultProxy(string address, int seed)
    {
        var builder = new MySqlConnectionStringBuilder(address);
        (_server, _port, _random) = (builder.Server, (int)builder.Port, new Random(seed));
        _listener.Start();
        builder.Server = "127.0.0.1";
        builder.Port = (uint)((IPEndPoint)_listener.LocalEndpoint).Port;
        Address = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The same database by way of this proxy.</summary>
    public string Address { get; }

    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Cuts nothing any more.</summary>
    public void Calm() => _calm = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var links = new List<Task>();
        try
        {
            while (true)
                links.Add(LinkAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(links);
        }
    }

    private async Task LinkAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using var life = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server, _port, life.Token);
                var flows = (Task[])[FlowAsync(client, server, life.Token), FlowAsync(server, client, life.Token)];
                int lifetime;
                lock (_random)
                    lifetime = _random.Next(50, 1_500);
                var cut = Task.Delay(lifetime, life.Token);
                var first = await Task.WhenAny(cut, Task.WhenAny(flows));
                if (first == cut && !_calm)
                    Interlocked.Increment(ref _cuts);
                else
                    await Task.WhenAny(flows);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // Gone before it began.
            }
            finally
            {
                // Without a farewell: what was on its way is lost.
                client.Client.LingerState = new LingerOption(true, 0);
                await life.CancelAsync();
            }
        }
    }

    private static async Task FlowAsync(TcpClient from, TcpClient to, CancellationToken cancellationToken)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), cancellationToken);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The link has ended, on one side or the other.
        }
    }
}
