using Pipeline.Jobs.Hosting;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Jobs.Retention;

/// <summary>Deletes runs, logs and alarms that are older than the setting says, once an hour.</summary>
internal sealed class RetentionService(RunRetention retention, JobsSettings settings, TimeProvider clock, ILogger<RetentionService> log)
    : RepeatedService(Interval, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task WorkAsync(CancellationToken cancellationToken)
    {
        int gone = await retention.PruneAsync(settings.RetentionDays, cancellationToken);
        if (gone > 0)
            log.LogInformation("{Runs} runs older than {Days} days were deleted", gone, settings.RetentionDays);
    }

    protected override void Failed(Exception error) => log.LogError(error, "Old runs could not be deleted");
}
