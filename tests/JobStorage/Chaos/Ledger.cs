using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>
/// What jobs did, in tables of the test's own: every execution that began, every effect. An effect is guarded as an application guards its
/// own: it is had once, and only by the execution with the greatest fencing token that has begun.
/// </summary>
internal sealed class Ledger(string address)
{
    public Task CreateAsync() => Servers.Databases.ExecuteAsync(address, """
        CREATE TABLE executions (job BIGINT NOT NULL, host VARCHAR(50) NOT NULL, at DATETIME(6) NOT NULL, KEY (job)) ENGINE = InnoDB;
        CREATE TABLE fences (job BIGINT NOT NULL PRIMARY KEY, token BIGINT NOT NULL) ENGINE = InnoDB;
        CREATE TABLE effects (job BIGINT NOT NULL PRIMARY KEY, host VARCHAR(50) NOT NULL, token BIGINT NOT NULL) ENGINE = InnoDB;
        CREATE TABLE told (job BIGINT NOT NULL, host VARCHAR(50) NOT NULL) ENGINE = InnoDB;
        """);

    /// <summary>Notes that an execution began.</summary>
    public void Began(long job, string host, long token) => Execute(
        """
        INSERT INTO executions VALUES (@job, @host, UTC_TIMESTAMP(6));
        INSERT INTO fences VALUES (@job, @token) ON DUPLICATE KEY UPDATE token = GREATEST(token, @token)
        """, job, host, token);

    /// <summary>Makes the effect, once, and not after a later execution has begun.</summary>
    public void Effect(long job, string host, long token) =>
        Execute("INSERT IGNORE INTO effects SELECT job, @host, @token FROM fences WHERE job = @job AND token = @token", job, host, token);

    /// <summary>Notes that the job's cancellation token was cancelled.</summary>
    public void Told(long job, string host) => Execute("INSERT INTO told VALUES (@job, @host)", job, host, token: 0);

    public Task<long> ExecutionsAsync() => CountAsync("SELECT COUNT(*) FROM executions");

    public Task<long> ExecutedAsync() => CountAsync("SELECT COUNT(DISTINCT job) FROM executions");

    public Task<long> EffectsAsync() => CountAsync("SELECT COUNT(*) FROM effects");

    public Task<long> HostsAsync() => CountAsync("SELECT COUNT(DISTINCT host) FROM executions");

    public Task<long> CountAsync(string sql) => Servers.Databases.ScalarAsync<long>(address, sql);

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
