using System.Data;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace Pipeline.Storage.MySql;

/// <summary>
/// Connections to MySQL, and the one rule for bad weather: a deadlock, a lock wait or a lost connection repeats the whole unit of work,
/// with growing pauses and jitter, until <see cref="Patience"/> is over. Everything else throws at once.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private readonly MySqlDataSource _source;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public Database(string connectionString, TimeProvider clock, ILogger<Database> log)
    {
        var builder = new MySqlConnectionStringBuilder(connectionString)
        {
            AllowLoadLocalInfile = true,
            DateTimeKind = MySqlDateTimeKind.Utc,
            ApplicationName = "pipeline",
            // A repeat decides by rows found, not by rows whose values happened to change.
            UseAffectedRows = false,
        };
        Name = builder.Database;
        Place = $"{builder.Server}:{builder.Port}/{builder.Database}";
        _source = new MySqlDataSource(builder.ConnectionString);
        _clock = clock;
        _log = log;
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>Server, port and database, for people.</summary>
    public string Place { get; }

    /// <summary>How long one unit of work is repeated: a restart of the server fits in. <see cref="Haste"/> shortens it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <exception cref="ServerAwayException">Who asks is in <see cref="Haste"/>, and nobody has answered.</exception>
    public async Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var opening = _source.OpenConnectionAsync(cancellationToken).AsTask();
        try
        {
            return await Haste.WaitAsync(opening, "MySQL", _clock, cancellationToken);
        }
        catch when (!opening.IsCompleted)
        {
            // It goes back to the pool when it comes after all.
            _ = opening.ContinueWith(late => late.Result.DisposeAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Connects once, to find out early that nobody answers.</summary>
    /// <exception cref="IOException">Nobody does.</exception>
    /// <exception cref="MySqlException">The server refuses.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            await connection.PingAsync(cancellationToken);
        }
        catch (MySqlException error) when (IsBadWeather(error))
        {
            throw new IOException($"MySQL at {Place} does not answer", error);
        }
    }

    /// <summary>Runs reads that may be repeated, each statement on its own.</summary>
    public Task<T> ReadAsync<T>(Func<MySqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            await using var connection = await OpenAsync(cancellationToken);
            return await work(connection);
        }, cancellationToken);

    /// <summary>
    /// Runs <paramref name="work"/> in one READ COMMITTED transaction. It must be repeatable: where the connection breaks during the
    /// commit, the work may have been done and is run once more.
    /// </summary>
    public Task<T> TransactAsync<T>(Func<MySqlConnection, MySqlTransaction, Task<T>> work, CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            await using var connection = await OpenAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
            var result = await work(connection, transaction);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }, cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>True for what passes by itself: a deadlock, a lock wait, a server that is away or was.</summary>
    public static bool IsBadWeather(MySqlException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error.IsTransient || error.ErrorCode is MySqlErrorCode.ServerShutdown or MySqlErrorCode.NormalShutdown)
            return true;
        for (Exception? inner = error.InnerException; inner is not null; inner = inner.InnerException)
            if (inner is IOException or SocketException)
                return true;
        return false;
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        var patience = Haste.Of(Patience);
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await work();
            }
            catch (MySqlException error) when (IsBadWeather(error) && _clock.GetElapsedTime(started) < patience)
            {
                _log.LogWarning("MySQL: {Reason}; trying again", error.Message);
                // Full jitter: nodes that collided once do not collide again in step.
                await Task.Delay(pause * (RandomNumberGenerator.GetInt32(500, 1_500) / 1_000.0), _clock, cancellationToken);
            }
        }
    }
}
