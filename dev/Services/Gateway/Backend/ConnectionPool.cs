using System.Security.Cryptography;
using Npgsql;
using Pipeline.Services.Gateway.Errors;

namespace Pipeline.Services.Gateway.Backend;

/// <summary>The PostgreSQL server with the extension: a bounded set of connections, each with the settings that the gateway stands on.</summary>
internal sealed class ConnectionPool : IAsyncDisposable
{
    private const int MaxAttempts = 30;

    /// <summary>
    /// Cursors go to files: by default an open sorted cursor pins its connection. A deadlock fails the whole statement, which
    /// <see cref="RetryConflictsAsync"/> repeats: by default a batch crawls on document by document, each waiting for the next
    /// deadlock, and 50 ms instead of 1 s is how soon PostgreSQL looks for one. Collation is off by default.
    /// </summary>
    private const string StandingSettings =
        "-c documentdb.useFileBasedPersistedCursors=on -c documentdb.throwDeadlockOnCRUD=on"
        + " -c deadlock_timeout=50ms -c documentdb_core.enableCollation=on";

    private readonly NpgsqlDataSource _source;
    private readonly SemaphoreSlim _slots;
    private readonly GatewayOptions _options;

    public ConnectionPool(GatewayOptions options)
    {
        _options = options;
        _slots = new SemaphoreSlim(options.PoolSize, options.PoolSize);
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName ??= "gateway";
        // What the connection string sets comes last, and so prevails.
        settings.Options = $"{StandingSettings} {settings.Options}";
        settings.SearchPath = "documentdb_api_catalog,documentdb_api,public";
        settings.Timezone = "UTC";
        settings.MaxPoolSize = options.PoolSize;
        settings.Timeout = 5;
        // Seconds come from maxTimeMS, which the gateway watches itself.
        settings.CommandTimeout = 0;
        settings.CancellationTimeout = 2000;
        settings.MaxAutoPrepare = 32;
        settings.AutoPrepareMinUsages = 2;
        // Statements leave no session state behind, so the reset would be a round trip for nothing.
        settings.NoResetOnClose = true;
        settings.ReadBufferSize = settings.WriteBufferSize = 64 * 1024;
        _source = builder.Build();
    }

    public int FreeSlots => _slots.CurrentCount;

    /// <summary>Takes a connection. The count of slots is the pool's own, so Npgsql's pool never has to make anyone wait.</summary>
    /// <exception cref="CommandException">ExceededTimeLimit: all were busy for <see cref="GatewayOptions.PoolWait"/>. Drivers may retry it.</exception>
    public async Task<Lease> LeaseAsync(CancellationToken cancellationToken)
    {
        if (!await _slots.WaitAsync(_options.PoolWait, cancellationToken))
            throw new CommandException(
                ErrorCode.ExceededTimeLimit,
                $"all {_options.PoolSize} PostgreSQL connections of the gateway stayed busy for {_options.PoolWait.TotalSeconds:0.#} s");
        try
        {
            return new Lease(await _source.OpenConnectionAsync(cancellationToken), _slots);
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Runs a write again while PostgreSQL breaks it off for the sake of a concurrent one; nothing of it was stored then.</summary>
    public static async Task<T> RetryConflictsAsync<T>(Func<Task<T>> statement, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await statement();
            }
            catch (PostgresException conflict) when (SqlStates.IsConflict(conflict.SqlState) && attempt < MaxAttempts)
            {
                // Growing and uneven, so that writers who met once do not meet again in step.
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(5, 5 + (20 * attempt))), time, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _slots.Dispose();
    }
}
