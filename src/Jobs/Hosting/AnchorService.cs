using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Jobs.Hosting;

/// <summary>Anchors the audit's head on this machine every minute, where another one's process has moved it, or this one's died before it could.</summary>
internal sealed class AnchorService(IServiceProvider services, TimeProvider clock, ILogger<AnchorService> log) : RepeatedService(Interval, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override Task WorkAsync(CancellationToken cancellationToken) =>
        JobServices.AuditIfAny(services) is null ? Task.CompletedTask : services.GetRequiredService<AnchorWatch>().CatchUpAsync(cancellationToken);

    protected override void Failed(Exception error) => log.LogError(error, "The audit's head could not be anchored");
}
