using System.Net;
using System.Net.Sockets;
using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Servers;

/// <summary>Stands before a server and takes its connections; what becomes of each, a subclass says.</summary>
internal abstract class ServerProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _server;
    private readonly int _port;
    private readonly Task _accepting;

    /// <param name="address">Of the server; the proxy's differs from it in host and port.</param>
    protected ServerProxy(MySqlConnectionStringBuilder address)
    {
        (_server, _port) = (address.Server, (int)address.Port);
        _listener.Start();
        address.Server = "127.0.0.1";
        address.Port = (uint)((IPEndPoint)_listener.LocalEndpoint).Port;
        Address = address.ConnectionString;
        // Nobody knows the address before the subclass is made, so no link begins earlier.
        _accepting = AcceptAsync();
    }

    /// <summary>The same database by way of this.</summary>
    public string Address { get; }

    public virtual async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    /// <summary>Lives as long as the connection does, and throws nothing.</summary>
    protected abstract Task LinkAsync(TcpClient client);

    protected Task ConnectAsync(TcpClient server) => server.ConnectAsync(_server, _port);

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
}
