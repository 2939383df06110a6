using MySqlConnector;

namespace Pipeline.JobStorage.Tests.Chaos;

/// <summary>
/// What jobs did, in tables of the test's own: every execution that began, every effect. An effect is guarded by the job's number, as
/// an application guards its own.
/// </summary>
internal sealed class Ledger(string address)
{
    public Task CreateAsync() => Servers.Databases.ExecuteAsync(address, """
        CREATE TABLE executions (job BIGINT NOT NULL, host VARCHAR(50) NOT NULL, at DATETIME(6) NOT NULL, KEY (job)) ENGINE = InnoDB;
        CREATE TABLE effects (job BIGINT NOT NULL PRIMARY KEY, host VARCHAR(50) NOT NULL) ENGINE = InnoDB;
        """);

    /// <summary>Notes that an execution began.</summary>
    public void Began(long job, string host) => Execute("INSERT INTO executions VALUES (@job, @host, UTC_TIMESTAMP(6))", job, host);

    /// <summary>Makes the effect, once.</summary>
    public void Effect(long job, string host) => Execute("INSERT IGNORE INTO effects VALUES (@job, @host)", job, host);

    public Task<long> ExecutionsAsync() => CountAsync("SELECT COUNT(*) FROM executions");

    public Task<long> ExecutedAsync() => CountAsync("SELECT COUNT(DISTINCT job) FROM executions");

    public Task<long> EffectsAsync() => CountAsync("SELECT COUNT(*) FROM effects");

    public Task<long> HostsAsync() => CountAsync("SELECT COUNT(DISTINCT host) FROM executions");

    public Task<long> CountAsync(string sql) => Servers.Databases.ScalarAsync<long>(address, sql);

    private void Execute(string sql, long job, string host)
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
