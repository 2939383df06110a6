using Hangfire;
using Microsoft.Extensions.Logging;

namespace Pipeline.JobStorage;

/// <summary>Hangfire's way of being told which storage to use.</summary>
public static class MySqlJobStorageConfiguration
{
    public static IGlobalConfiguration<MySqlJobStorage> UseMySqlJobStorage(
        this IGlobalConfiguration configuration, string connectionString, MySqlJobStorageOptions? options = null, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.UseStorage(new MySqlJobStorage(connectionString, options, loggers));
    }
}
