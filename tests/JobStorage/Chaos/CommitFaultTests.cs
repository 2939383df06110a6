using System.Net;
using System.Net.Sockets;
using System.Text;
using Hangfire.Storage;
using MySqlConnector;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>A connection that breaks just when the commit is on its way: the one error that must not be repeated.</summary>
[Trait("speed", "server")]
public sealed class CommitFaultTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Flavour.MySql)]
    [InlineData(Flavour.MariaDb)]
    public async Task A_commit_of_unknown_outcome_is_reported_and_not_repeated(Flavour flavour)
    {
        string address = await Databases.CreateAsync(flavour);
        using (var direct = new MySqlJobStorage(address))
            direct.Migrate();
        await using var proxy = new CommitCutter(address);
        using var storage = new MySqlJobStorage(proxy.Address);
        using var connection = (JobStorageConnection)storage.GetConnection();
        Assert.Equal(0, connection.GetCounter("counter"));

        proxy.Armed = true;
        using (var transaction = connection.CreateWriteTransaction())
        {
            transaction.IncrementCounter("counter");
            Assert.Throws<MySqlException>(transaction.Commit);
        }
        // The server had heard it: a repeat would have counted twice.
        for (int i = 0; i < 2_000 && connection.GetCounter("counter") == 0; i++)
            await Task.Delay(50, Cancelled);
        Assert.Equal(1, connection.GetCounter("counter"));
    }

    /// <summary>Passes everything on, until it is armed and sees a commit: that it passes on too, and lets no answer through.</summary>
    private sealed class CommitCutter : IAsyncDisposable
    {
        private static readonly byte[] Commit = Encoding.ASCII.GetBytes("COMMIT");

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _server;
        private readonly int _port;
        private readonly Task _accepting;
        private volatile bool _armed;

        public CommitCutter(string address)
        {
            // In the clear, so that the commit can be seen.
            var builder = new MySqlConnectionStringBuilder(address) { SslMode = MySqlSslMode.None, AllowPublicKeyRetrieval = true };
            (_server, _port) = (builder.Server, (int)builder.Port);
            _listener.Start();
            builder.Port = (uint)((IPEndPoint)_listener.LocalEndpoint).Port;
            Address = builder.ConnectionString;
            _accepting = AcceptAsync();
        }

        public string Address { get; }

        public bool Armed { set => _armed = value; }

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
                    var answers = server.GetStream().CopyToAsync(client.GetStream());
                    byte[] buffer = new byte[64 * 1024];
                    for (int read; (read = await client.GetStream().ReadAsync(buffer)) > 0;)
                    {
                        bool cut = _armed && buffer.AsSpan(0, read).IndexOf(Commit) >= 0;
                        if (cut)
                        {
                            // Before the server can answer, nobody is left to hear it.
                            _armed = false;
                            client.Client.LingerState = new LingerOption(true, 0);
                            client.Close();
                        }
                        await server.GetStream().WriteAsync(buffer.AsMemory(0, read));
                        if (cut)
                            return;
                    }
                    await answers;
                }
                catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
                {
                    // The link has ended.
                }
            }
        }
    }
}
