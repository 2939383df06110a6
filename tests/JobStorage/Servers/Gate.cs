using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Servers;

/// <summary>Stands before a server: open, it passes everything on; shut, it ends all connections and lets none through.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly string _server;
    private readonly int _port;
    private readonly Task _accepting;
    private volatile bool _shut;

    public Gate(string address)
    {
        var builder = new MySqlConnectionStringBuilder(address);
        (_server, _port) = (builder.Server, (int)builder.Port);
        _listener.Start();
        builder.Server = "127.0.0.1";
        builder.Port = (uint)((IPEndPoint)_listener.LocalEndpoint).Port;
        Address = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The same database by way of this gate.</summary>
    public string Address { get; }

    public void Open() => _shut = false;

    public void Shut()
    {
        _shut = true;
        foreach (var client in _clients.Keys)
            client.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Shut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = LinkAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task LinkAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            client.Client.LingerState = new LingerOption(true, 0);
            _clients[client] = true;
            try
            {
                // After it has been listed: whoever shuts the gate now closes this one too.
                if (_shut)
                    return;
                await server.ConnectAsync(_server, _port);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The link has ended.
            }
            finally
            {
                _clients.TryRemove(client, out _);
            }
        }
    }
}
