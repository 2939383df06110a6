using Pipeline.Services.Gateway.Authentication;
using Pipeline.Services.Gateway.Backend;
using Pipeline.Services.Gateway.Cursors;

namespace Pipeline.Services.Gateway;

/// <summary>What all connections share.</summary>
internal sealed class GatewayServices : IAsyncDisposable
{
    public GatewayServices(GatewayOptions options)
    {
        Options = options;
        Credential = new ScramCredential(options.User, options.Password);
        Pool = new ConnectionPool(options);
        Cursors = new CursorRegistry(Pool, options);
        Log = new GatewayLog(options.Log, options.Time);
        Started = options.Time.GetUtcNow();
    }

    public GatewayOptions Options { get; }

    public ScramCredential Credential { get; }

    public ConnectionPool Pool { get; }

    public CursorRegistry Cursors { get; }

    public GatewayLog Log { get; }

    public DateTimeOffset Started { get; }

    /// <summary>Clients connected now; the host counts.</summary>
    public int OpenConnections;

    public async ValueTask DisposeAsync()
    {
        await Cursors.DisposeAsync();
        await Pool.DisposeAsync();
    }
}
