using Hangfire;
using Microsoft.Extensions.Logging;

namespace Pipeline.JobStorage;

/// <summary>Hangfire's way of being told which storage to use.</summary>
public static class MySqlJobStorageConfiguration
{
    /// <summary>Uses a <see cref="MySqlJobStorage"/>, which this makes.</summary>
    /// <param name="connectionString">MySqlConnector's. It names the database, which must exist.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="loggers">Where the storage tells what it does; null for nowhere.</param>
    public static IGlobalConfiguration<MySqlJobStorage> UseMySqlJobStorage(
        this IGlobalConfiguration configuration, string connectionString, MySqlJobStorageOptions? options = null, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.UseStorage(new MySqlJobStorage(connectionString, options, loggers));
    }
}
