using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.Services.Gateway;

/// <summary>
/// Speaks MongoDB's wire protocol on one side and calls DocumentDB's SQL functions on the other. PostgreSQL may come and go
/// meanwhile: commands fail while it is away, and the gateway needs no restart when it is back.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private static readonly TimeSpan CursorSweep = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AcceptRetry = TimeSpan.FromMilliseconds(50);

    private readonly GatewayServices _services;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private Task _accepting = Task.CompletedTask;
    private Task _sweeping = Task.CompletedTask;

    private GatewayHost(GatewayOptions options)
    {
        _services = new GatewayServices(options);
        _listener = new Socket(options.ListenEndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    }

    /// <summary>Where clients connect, with the port that was taken.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public int Port => EndPoint.Port;

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static async Task<GatewayHost> StartAsync(GatewayOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var host = new GatewayHost(options);
        try
        {
            host._listener.Bind(options.ListenEndPoint);
            host._listener.Listen(128);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host._accepting = host.AcceptAsync();
        host._sweeping = host.SweepAsync();
        return host;
    }

    /// <summary>Takes no one new, lets running commands finish for <see cref="GatewayOptions.StopGrace"/>, then cancels them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _aborting.CancelAfter(_services.Options.StopGrace);
        await Task.WhenAll(_connections.Values);
        await _sweeping;
        await _services.DisposeAsync();
        _stopping.Dispose();
        _aborting.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (long id = 1; !_stopping.IsCancellationRequested; id++)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stopping.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // This one client failed before it was accepted, or descriptors ran out: a moment later others may fare better.
                await Task.Delay(AcceptRetry, _services.Options.Time);
                continue;
            }

            if (Interlocked.Increment(ref _services.OpenConnections) > _services.Options.MaxConnections)
            {
                _services.Log.ConnectionRefused(Interlocked.Decrement(ref _services.OpenConnections));
                socket.Dispose();
                continue;
            }

            var connectionId = id;
            var serving = Task.Run(() => ServeAsync(socket, connectionId));
            _connections[id] = serving;
            _ = serving.ContinueWith(_ => _connections.TryRemove(connectionId, out var _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket, long id)
    {
        try
        {
            socket.NoDelay = true;
            using var connection = new ClientConnection(socket, id, _services, _aborting.Token);
            await connection.RunAsync(_stopping.Token);
        }
        catch (SocketException)
        {
            // Reset before the first byte.
            socket.Dispose();
        }
        finally
        {
            Interlocked.Decrement(ref _services.OpenConnections);
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(CursorSweep, _services.Options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await CloseIdleCursorsAsync();
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task CloseIdleCursorsAsync()
    {
        try
        {
            await _services.Cursors.CloseIdleAsync(_stopping.Token);
        }
        catch (Exception unreachable) when (unreachable is Npgsql.NpgsqlException or Errors.CommandException)
        {
            // The cursors are closed; their files go with DocumentDB's own sweep.
        }
    }
}
