using Npgsql;

namespace Pipeline.Services.Gateway.Backend;

/// <summary>A PostgreSQL connection that is the holder's until it is disposed.</summary>
internal sealed class Lease(NpgsqlConnection connection, SemaphoreSlim slots) : IAsyncDisposable
{
    private int _returned;

    public NpgsqlConnection Connection { get; } = connection;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _returned, 1) != 0)
            return;
        await Connection.DisposeAsync();
        slots.Release();
    }
}
