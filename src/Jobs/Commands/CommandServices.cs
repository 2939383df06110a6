using Microsoft.Extensions.Logging.Console;
using Pipeline.Jobs.Runs;
using Pipeline.Storage;
using Pipeline.Storage.MySql;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Commands;

/// <summary>The services of a command that runs once: it says at once when a server does not answer, and warns on standard error.</summary>
internal static class CommandServices
{
    public static ServiceProvider Create()
    {
        var services = new ServiceCollection();
        services.AddJobs(Addresses.FromEnvironment(), JobsSettings.FromEnvironment());
        services.AddLogging(logging => logging
            .SetMinimumLevel(LogLevel.Warning)
            // How a run ended is the command's own answer.
            .AddFilter(typeof(RunLedger).FullName, LogLevel.None)
            .AddSimpleConsole(console => console.SingleLine = true)
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        return services.BuildServiceProvider();
    }

    /// <summary>Makes sure that there is a key to change operators and the audit with, and brings the schema forward.</summary>
    /// <exception cref="SettingException">No file with a key is named.</exception>
    public static async Task PrepareOperatorsAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<JobsSettings>().Dashboard.KeyFile is null)
            throw new SettingException($"{JobsSettings.DashboardKeyFileVariable} is not set: expected the file with the dashboard's key");
        await services.GetRequiredService<Database>().PingAsync(cancellationToken);
        await services.GetRequiredService<Schema>().MigrateAsync(cancellationToken);
    }

    /// <summary>Finds out whether both serving stores answer, and brings the schema forward.</summary>
    public static async Task PrepareAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<Database>().PingAsync(cancellationToken);
        await services.GetRequiredService<ServingCache>().PingAsync(cancellationToken);
        await services.GetRequiredService<Schema>().MigrateAsync(cancellationToken);
    }
}
