using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>
/// What jobs did, in tables of the test's own: every execution that began, every effect. An effect is guarded as an application guards its
/// own: where it has not been had already, and only by the execution with the greatest fencing token that has begun.
/// </summary>
internal sealed class Ledger(string address)
{
    public Task CreateAsync() => Servers.Databases.ExecuteAsync(address, """
        CREATE TABLE executions (
          job BIGINT NOT NULL, host VARCHAR(50) NOT NULL, token BIGINT NOT NULL, at DATETIME(6) NOT NULL, clock DATETIME(6) NOT NULL, KEY (job)) ENGINE = InnoDB;
        CREATE TABLE fences (job BIGINT NOT NULL PRIMARY KEY, token BIGINT NOT NULL, done TINYINT NOT NULL DEFAULT 0) ENGINE = InnoDB;
        CREATE TABLE effects (job BIGINT NOT NULL, host VARCHAR(50) NOT NULL, token BIGINT NOT NULL, KEY (job)) ENGINE = InnoDB;
        CREATE TABLE refusals (job BIGINT NOT NULL, host VARCHAR(50) NOT NULL) ENGINE = InnoDB;
        CREATE TABLE releases (job BIGINT NOT NULL, host VARCHAR(50) NOT NULL) ENGINE = InnoDB;
        CREATE TABLE told (job BIGINT NOT NULL, host VARCHAR(50) NOT NULL) ENGINE = InnoDB;
        """);

    /// <summary>Notes that an execution began, when by the database's clock, and when by its host's.</summary>
    public void Began(long job, string host, long token) => Execute(
        """
        INSERT INTO executions VALUES (@job, @host, @token, UTC_TIMESTAMP(6), @clock);
        INSERT INTO fences (job, token) VALUES (@job, @token) ON DUPLICATE KEY UPDATE token = GREATEST(token, @token)
        """, job, host, token);

    /// <summary>Makes the effect, once, and not after a later execution has begun; notes where that was why.</summary>
    public void Effect(long job, string host, long token) => Execute(
        """
        START TRANSACTION;
        UPDATE fences SET done = 1 WHERE job = @job AND token = @token AND done = 0;
        INSERT INTO effects SELECT @job, @host, @token FROM DUAL WHERE ROW_COUNT() = 1;
        INSERT INTO refusals SELECT job, @host FROM fences WHERE job = @job AND token > @token;
        COMMIT
        """, job, host, token);

    /// <summary>Lets an execution that waits for it go on.</summary>
    public Task ReleaseAsync(long job, string host) => Servers.Databases.ExecuteAsync(address, $"INSERT INTO releases VALUES ({job}, '{host}')");

    /// <summary>Waits for <see cref="ReleaseAsync"/>.</summary>
    public void UntilReleased(long job, string host)
    {
        using var pause = new ManualResetEventSlim();
        while (!IsReleased(job, host))
            pause.Wait(100);
    }

    /// <summary>Notes that the job's cancellation token was cancelled.</summary>
    public void Told(long job, string host) => Execute("INSERT INTO told VALUES (@job, @host)", job, host, token: 0);

    public Task<long> ExecutionsAsync() => CountAsync("SELECT COUNT(*) FROM executions");

    public Task<long> ExecutedAsync() => CountAsync("SELECT COUNT(DISTINCT job) FROM executions");

    public Task<long> EffectsAsync() => CountAsync("SELECT COUNT(*) FROM effects");

    public Task<long> HostsAsync() => CountAsync("SELECT COUNT(DISTINCT host) FROM executions");

    public Task<long> CountAsync(string sql) => Servers.Databases.ScalarAsync<long>(address, sql);

    private bool IsReleased(long job, string host)
    {
        using var connection = new MySqlConnection(address);
        connection.Open();
        using var command = new MySqlCommand("SELECT COUNT(*) FROM releases WHERE job = @job AND host = @host", connection);
        command.Parameters.AddWithValue("job", job);
        command.Parameters.AddWithValue("host", host);
        return Convert.ToInt64(command.ExecuteScalar()) > 0;
    }

    private void Execute(string sql, long job, string host, long token)
    {
        // A job's own statement is repeated by nobody else: under faults it stays until it is through.
        for (int tried = 0; ; tried++)
        {
            try
            {
                using var connection = new MySqlConnection(address);
                connection.Open();
                using var command = new MySqlCommand(sql, connection);
                command.Parameters.AddWithValue("job", job);
                command.Parameters.AddWithValue("host", host);
                command.Parameters.AddWithValue("token", token);
                command.Parameters.AddWithValue("clock", TimeProvider.System.GetUtcNow().UtcDateTime);
                command.ExecuteNonQuery();
                return;
            }
            catch (MySqlException) when (tried < 200)
            {
                Thread.Yield();
                using var pause = new ManualResetEventSlim();
                pause.Wait(50);
            }
        }
    }
}
