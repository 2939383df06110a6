using System.Net;
using System.Net.Sockets;
using System.Text;
using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Servers;

/// <summary>
/// Stands before a server and passes everything on, until it is armed and sees a statement: the answer to that one it keeps, and ends the
/// connection instead. The server has done what it was told; the client cannot know.
/// </summary>
internal sealed class AnswerCutter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _statement;
    private readonly string _server;
    private readonly int _port;
    private readonly Task _accepting;
    private int _armed;

    /// <param name="statement">Part of its text.</param>
    public AnswerCutter(string address, string statement)
    {
        _statement = Encoding.ASCII.GetBytes(statement);
        // In the clear, so that the statement can be seen.
        var builder = new MySqlConnectionStringBuilder(address) { SslMode = MySqlSslMode.None, AllowPublicKeyRetrieval = true };
        (_server, _port) = (builder.Server, (int)builder.Port);
        _listener.Start();
        builder.Server = "127.0.0.1";
        builder.Port = (uint)((IPEndPoint)_listener.LocalEndpoint).Port;
        Address = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>The same database by way of this.</summary>
    public string Address { get; }

    /// <summary>Cuts once.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
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
            try
            {
                await server.ConnectAsync(_server, _port);
                bool cut = false;
                var asking = PassAsync(client, server, asked => cut |= asked.IndexOf(_statement) >= 0 && Interlocked.Exchange(ref _armed, 0) == 1);
                var answering = PassAsync(server, client, _ =>
                {
                    if (Volatile.Read(ref cut))
                        throw new IOException("cut");
                });
                await Task.WhenAny(asking, answering);
                client.Client.LingerState = new LingerOption(true, 0);
            }
            catch (SocketException)
            {
                // There is no server.
            }
        }
    }

    private static async Task PassAsync(TcpClient from, TcpClient to, Action<ReadOnlySpan<byte>> see)
    {
        try
        {
            byte[] buffer = new byte[64 * 1024];
            for (int read; (read = await from.GetStream().ReadAsync(buffer)) > 0;)
            {
                see(buffer.AsSpan(0, read));
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The link has ended.
        }
    }
}
