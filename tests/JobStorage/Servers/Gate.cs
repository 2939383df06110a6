using System.Collections.Concurrent;
using System.Net.Sockets;
using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Servers;

/// <summary>Stands before a server: open, it passes everything on; shut, it ends all connections and lets none through.</summary>
internal sealed class Gate(string address) : ServerProxy(new MySqlConnectionStringBuilder(address))
{
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private volatile bool _shut;

    public void Open() => _shut = false;

    public void Shut()
    {
        _shut = true;
        foreach (var client in _clients.Keys)
            client.Close();
    }

    public override ValueTask DisposeAsync()
    {
        Shut();
        return base.DisposeAsync();
    }

    protected override async Task LinkAsync(TcpClient client)
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
                await ConnectAsync(server);
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
