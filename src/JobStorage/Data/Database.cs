using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace Pipeline.JobStorage.Data;

/// <summary>
/// Connections, and the one rule for bad weather: what can be repeated as a whole is repeated, with growing pauses and jitter, until
/// <see cref="MySqlJobStorageOptions.RetryFor"/> is over. Sessions are READ COMMITTED and strict, whatever the server's defaults are.
/// </summary>
internal sealed class Database : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly MySqlDataSource _source;
    private readonly string _sessionSettings;
    private readonly TimeSpan _retryFor;
    private readonly ILogger _log;

    public Database(string connectionString, MySqlJobStorageOptions options, ILogger log)
        : this(Sessions.Builder(connectionString, options), options, options.RetryFor, log)
    {
    }

    private Database(MySqlConnectionStringBuilder builder, MySqlJobStorageOptions options, TimeSpan retryFor, ILogger log)
    {
        Place = string.Create(CultureInfo.InvariantCulture, $"{builder.Server}:{builder.Port}/{builder.Database}");
        Sql = new Statements(options.TablePrefix);
        _sessionSettings = Sessions.Settings(options);
        _retryFor = retryFor;
        _log = log;
        _source = new MySqlDataSourceBuilder(builder.ConnectionString).UseConnectionOpenedCallback(Settle).Build();
    }

    /// <summary>Server, port and database, for people.</summary>
    public string Place { get; }

    public Statements Sql { get; }

    /// <summary>The database by way of the heartbeat's connection. Nothing is repeated: the next beat is the repetition.</summary>
    public static Database ForHeartbeat(string connectionString, MySqlJobStorageOptions options, ILogger log) =>
        new(Sessions.HeartbeatBuilder(connectionString, options), options, TimeSpan.Zero, log);

    public MySqlConnection Open() => _source.OpenConnection();

    /// <summary>Rows of one SELECT.</summary>
    public List<T> Query<T>(string path, Func<MySqlDataReader, T> row, params ReadOnlySpan<Value> values)
    {
        var held = values.ToArray();
        return Repeat(connection =>
        {
            using var command = Command(connection, path, held);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(row(reader));
            return rows;
        });
    }

    /// <summary>The first row of one SELECT, or the default.</summary>
    public T? First<T>(string path, Func<MySqlDataReader, T> row, params ReadOnlySpan<Value> values)
    {
        var rows = Query(path, row, values);
        return rows.Count == 0 ? default : rows[0];
    }

    /// <summary>Runs one statement by itself and returns the rows found. It must come to the same when it is run twice.</summary>
    public int Execute(string path, params ReadOnlySpan<Value> values)
    {
        var held = values.ToArray();
        return Repeat(connection =>
        {
            using var command = Command(connection, path, held);
            return command.ExecuteNonQuery();
        });
    }

    /// <summary>Runs work that comes to the same when it is run twice.</summary>
    /// <param name="cancellationToken">Ends the trying, with the last error.</param>
    public T Repeat<T>(Func<MySqlConnection, T> work, CancellationToken cancellationToken = default) => Repeat(() =>
    {
        using var connection = Open();
        try
        {
            return work(connection);
        }
        catch (MySqlException error) when (Weather.IsReadOnly(error))
        {
            Forget(connection);
            throw;
        }
    }, error => !cancellationToken.IsCancellationRequested && (Weather.IsConflict(error) || Weather.IsOutage(error)));

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction. It is repeated while nothing of it can have been committed; a connection that
    /// breaks during the commit itself leaves that open, and its error goes to the caller. That is why the commit has a round trip of
    /// its own: sent along with the statements, every broken connection would leave it open.
    /// </summary>
    public T Transact<T>(Func<Transaction, T> work)
    {
        bool committing = false;
        return Repeat(
            () => InTransaction(connection =>
            {
                var result = work(new Transaction(connection));
                committing = true;
                Execute(connection, "COMMIT");
                return result;
            }),
            error => !committing && (Weather.IsConflict(error) || Weather.IsOutage(error)));
    }

    /// <summary>Statements from the beginning of a transaction to its end in one round trip. They must come to the same when they are run twice.</summary>
    /// <param name="statements">Asked for anew at each attempt.</param>
    /// <param name="read">Is given the results of the queries among them, in order.</param>
    /// <param name="cancellationToken">Ends the trying, with the last error.</param>
    public T Once<T>(Func<IReadOnlyList<Statement>> statements, Func<MySqlDataReader, T> read, CancellationToken cancellationToken = default) => Repeat(
        () => InTransaction(connection => Send(connection, statements(), read)),
        error => !cancellationToken.IsCancellationRequested && (Weather.IsConflict(error) || Weather.IsOutage(error)));

    /// <summary>Sends statements together, and reads on to the end: an error of a later one comes out where its result would be.</summary>
    public static T Send<T>(MySqlConnection connection, IEnumerable<Statement> statements, Func<MySqlDataReader, T> read)
    {
        using var batch = new MySqlBatch(connection);
        foreach (var statement in statements)
        {
            var command = new MySqlBatchCommand(statement.Sql);
            foreach (var value in statement.Values)
                command.Parameters.AddWithValue(value.Name, value.Content);
            batch.BatchCommands.Add(command);
        }
        using var reader = batch.ExecuteReader();
        var result = read(reader);
        while (reader.NextResult())
        {
            // Passed over.
        }
        return result;
    }

    public Statement Statement(string path, params Value[] values) => new(Sql[path], values);

    public MySqlCommand Command(MySqlConnection connection, string path, ReadOnlySpan<Value> values)
    {
        var command = new MySqlCommand(Sql[path], connection);
        foreach (var value in values)
            command.Parameters.AddWithValue(value.Name, value.Content);
        return command;
    }

    public void Dispose() => _source.Dispose();

    private T Repeat<T>(Func<T> work, Func<Exception, bool> passes)
    {
        long started = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return work();
            }
            catch (MySqlException error) when (passes(error) && Stopwatch.GetElapsedTime(started) < _retryFor)
            {
                if (pause == FirstPause)
                    JobStorageLog.Repeating(_log, error, (int)error.ErrorCode, _retryFor.TotalSeconds);
                JobStorageMetrics.Retried(error.ErrorCode);
                // Jitter: nodes that collided once do not collide again in step.
                Pause.For(pause * (RandomNumberGenerator.GetInt32(500, 1_500) / 1_000.0));
            }
        }
    }

    private T InTransaction<T>(Func<MySqlConnection, T> work)
    {
        using var connection = Open();
        try
        {
            return work(connection);
        }
        catch (Exception error)
        {
            // The connection goes back to its pool and must not take a half transaction along.
            RollBack(connection);
            if (Weather.IsReadOnly(error))
                Forget(connection);
            throw;
        }
    }

    /// <summary>After a failover all pooled connections are to a server that takes no writes any more: the next one is made anew.</summary>
    private static void Forget(MySqlConnection connection) => MySqlConnection.ClearPool(connection);

    private static void RollBack(MySqlConnection connection)
    {
        try
        {
            Execute(connection, "ROLLBACK");
        }
        catch (Exception error) when (error is MySqlException or InvalidOperationException)
        {
            // The connection is broken, and the server has rolled back.
        }
    }

    private static void Execute(MySqlConnection connection, string sql)
    {
        using var command = new MySqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>
    /// Not awaited: one asynchronous call would make the connection's socket non-blocking for good, and every wait of Hangfire's synchronous
    /// calls would go by way of the runtime's event loop and its thread pool.
    /// </summary>
    private ValueTask Settle(MySqlConnectionOpenedContext context, CancellationToken cancellationToken)
    {
        if (context.Conditions.HasFlag(MySqlConnectionOpenedConditions.New))
            Execute(context.Connection, _sessionSettings);
        return ValueTask.CompletedTask;
    }
}
