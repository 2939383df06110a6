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

    private readonly GatewayServices services;
    private readonly Socket listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private readonly ConcurrentDictionary<long, Task> connections = new();
    private Task accepting = Task.CompletedTask;
    private Task sweeping = Task.CompletedTask;

    private GatewayHost(GatewayOptions options)
    {
        services = new GatewayServices(options);
        listener = new Socket(options.ListenEndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
    }

    /// <summary>Where clients connect, with the port that was taken.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public int Port => EndPoint.Port;

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static async Task<GatewayHost> StartAsync(GatewayOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var host = new GatewayHost(options);
        try
        {
            host.listener.Bind(options.ListenEndPoint);
            host.listener.Listen(128);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.accepting = host.AcceptAsync();
        host.sweeping = host.SweepAsync();
        return host;
    }

    /// <summary>Takes no one new, lets running commands finish for <see cref="GatewayOptions.StopGrace"/>, then cancels them.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        aborting.CancelAfter(services.Options.StopGrace);
        await Task.WhenAll(connections.Values);
        await sweeping;
        await services.DisposeAsync();
        stopping.Dispose();
        aborting.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (long id = 1; !stopping.IsCancellationRequested; id++)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(stopping.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // This one client failed before it was accepted, or descriptors ran out: a moment later others may fare better.
                await Task.Delay(AcceptRetry, services.Options.Time);
                continue;
            }

            if (Interlocked.Increment(ref services.OpenConnections) > services.Options.MaxConnections)
            {
                services.Log.ConnectionRefused(Interlocked.Decrement(ref services.OpenConnections));
                socket.Dispose();
                continue;
            }

            var connectionId = id;
            var serving = Task.Run(() => ServeAsync(socket, connectionId));
            connections[id] = serving;
            _ = serving.ContinueWith(_ => connections.TryRemove(connectionId, out var _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket, long id)
    {
        try
        {
            socket.NoDelay = true;
            using var connection = new ClientConnection(socket, id, services, aborting.Token);
            await connection.RunAsync(stopping.Token);
        }
        catch (SocketException)
        {
            // Reset before the first byte.
            socket.Dispose();
        }
        finally
        {
            Interlocked.Decrement(ref services.OpenConnections);
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(CursorSweep, services.Options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
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
            await services.Cursors.CloseIdleAsync(stopping.Token);
        }
        catch (Exception unreachable) when (unreachable is Npgsql.NpgsqlException or Errors.CommandException)
        {
            // The cursors are closed; their files go with DocumentDB's own sweep.
        }
    }
}
