using System.Net.Sockets;
using System.Text;
using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Servers;

/// <summary>
/// Stands before a server and passes everything on, until it is armed and sees a statement: the answer to that one it keeps, and ends the
/// connection instead. The server has done what it was told; the client cannot know.
/// </summary>
/// <param name="statement">Part of its text.</param>
internal sealed class AnswerCutter(string address, string statement)
    // In the clear, so that the statement can be seen.
    : ServerProxy(new MySqlConnectionStringBuilder(address) { SslMode = MySqlSslMode.None, AllowPublicKeyRetrieval = true })
{
    private readonly byte[] _statement = Encoding.ASCII.GetBytes(statement);
    private int _armed;

    /// <summary>Cuts once.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    protected override async Task LinkAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await ConnectAsync(server);
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
