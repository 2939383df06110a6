using System.Globalization;
using MySqlConnector;

namespace Pipeline.JobStorage.Data;

/// <summary>How connections and the server's sessions behind them are set up, whatever the server's defaults are.</summary>
internal static class Sessions
{
    /// <summary>The server ends a session that has said nothing for this part of a lease; this side leaves it after this part of that.</summary>
    private const int SilencesInALease = 2;
    private const int IdlesInASilence = 3;
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(3);

    /// <summary>The server's own default.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(8);

    private static readonly TimeSpan LongestHeartbeat = TimeSpan.FromSeconds(15);

    public static MySqlConnectionStringBuilder Builder(string connectionString, MySqlJobStorageOptions options)
    {
        var builder = new MySqlConnectionStringBuilder(connectionString)
        {
            AllowUserVariables = true,
            DateTimeKind = MySqlDateTimeKind.Utc,
            // What decides is whether a row was found, not whether its values happened to change.
            UseAffectedRows = false,
            // No statement here leaves session state behind, and a reset would be one more round trip for every use.
            ConnectionReset = false,
            AutoEnlist = false,
        };
        uint idle = Seconds(Silence(options) / IdlesInASilence);
        // Zero is for ever.
        if (builder.ConnectionIdleTimeout == 0 || builder.ConnectionIdleTimeout > idle)
            builder.ConnectionIdleTimeout = idle;
        return builder;
    }

    /// <summary>One connection that stays, and on which nothing is waited for longer than until the next beat.</summary>
    public static MySqlConnectionStringBuilder HeartbeatBuilder(string connectionString, MySqlJobStorageOptions options)
    {
        var builder = Builder(connectionString, options);
        var interval = LeaseKeeper.Interval(options);
        builder.ConnectionTimeout = builder.DefaultCommandTimeout = Seconds(interval < LongestHeartbeat ? interval : LongestHeartbeat);
        // At a time-out the connection is closed, without asking a server that does not answer to end the statement first.
        builder.CancellationTimeout = -1;
        builder.MinimumPoolSize = 0;
        builder.MaximumPoolSize = 1;
        builder.ConnectionIdleTimeout = 0;
        return builder;
    }

    /// <summary>
    /// READ COMMITTED, and strict, so that a text that is too long is an error and never cut. A wait for a row gives up in time to be tried
    /// again: the server's own limit is longer than <see cref="MySqlJobStorageOptions.RetryFor"/>. A session whose process stands still or
    /// lost its power in the middle of a transaction ends before a lease does: until then the rows that it has locked are hidden from
    /// those who skip locked ones.
    /// </summary>
    public static string Settings(MySqlJobStorageOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
        SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 4,
          SESSION wait_timeout = {Seconds(Silence(options))}
        """);

    private static TimeSpan Silence(MySqlJobStorageOptions options)
    {
        var silence = options.ShortestLease / SilencesInALease;
        return silence < ShortestSilence ? ShortestSilence : silence > LongestSilence ? LongestSilence : silence;
    }

    private static uint Seconds(TimeSpan time) => (uint)Math.Max(1, Math.Ceiling(time.TotalSeconds));
}
