using Pipeline.Jobs.Runs;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Erasures;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Erasure;

/// <summary>
/// Erases a member: bars them, deletes what there is of them, marks the models that may have learned from them, and writes the certificate.
/// The run knows the erasure by its number, so the member's id stands in no parameter and no log.
/// </summary>
/// <remarks>
/// Every step may be repeated, and a run that is taken up again begins with the first: whoever dies anywhere leaves work to do and nothing
/// wrong. The tombstone comes before anything is deleted, so that nothing comes back behind the deletion. The id is forgotten last.
/// </remarks>
public sealed class EraseMemberJob(
    ErasureStore erasures, Lazy<ErasureDesk> desk, Tombstones tombstones, MongoEventStore events, RefusedEventDesk refused, ServingCache cache) : IJob
{
    public const string JobName = "erase-member";

    public static readonly JobParameter<long> Number = JobParameters.Whole("erasure", "the erasure that was asked for", 0L, 1, long.MaxValue) with { IsRequired = true };

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [Number];

    public string Name => JobName;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        long erasure = run.Parameters.Get(Number);
        if (await erasures.BeginAsync(erasure, run.Lease, cancellationToken) is not { } member)
            return await erasures.FindAsync(erasure, cancellationToken) is null
                ? JobOutcome.Failed($"nobody has asked for erasure {erasure}")
                : JobOutcome.Skipped($"erasure {erasure} is complete");

        await run.StepAsync("barring the member", cancellationToken);
        await tombstones.AddAsync(member, cancellationToken);
        await erasures.BarredAsync(erasure, cancellationToken);

        await run.StepAsync("deleting events", cancellationToken);
        await DeleteEventsAsync(erasure, member, cancellationToken);

        await run.StepAsync("deleting lists", cancellationToken);
        await DeleteListsAsync(erasure, member, cancellationToken);

        await run.StepAsync("marking models", cancellationToken);
        await erasures.MarkModelsAsync(erasure, cancellationToken);

        await run.StepAsync("writing the certificate", cancellationToken);
        var certificate = (await erasures.FindAsync(erasure, cancellationToken))!;
        await desk.Value.CompleteAsync(certificate, cancellationToken);
        await RecordAsync(run, certificate, cancellationToken);
        return JobOutcome.Done;
    }

    /// <summary>Counts before it deletes: what is deleted cannot be counted by whoever takes the run up again.</summary>
    private async Task DeleteEventsAsync(long erasure, long member, CancellationToken cancellationToken)
    {
        // Past the guard, which shows nothing of a member who is barred.
        long stored = await events.ReadUserAsync(member, cancellationToken).LongCountAsync(cancellationToken);
        await erasures.CountEventsAsync(erasure, stored, 0, cancellationToken);
        await events.DeleteUserAsync(member, cancellationToken);
        await refused.ForgetMemberAsync(member, found => erasures.CountEventsAsync(erasure, 0, found, cancellationToken), cancellationToken);
    }

    /// <summary>MySQL before Redis, which is filled from it.</summary>
    private async Task DeleteListsAsync(long erasure, long member, CancellationToken cancellationToken)
    {
        var generations = await erasures.GenerationsAsync(cancellationToken);
        await erasures.DeleteListsAsync(erasure, member, generations, cancellationToken);
        int cached = 0;
        foreach (long generation in generations)
            cached += await cache.DeleteListsAsync(generation, [member], cancellationToken);
        await erasures.CountCachedAsync(erasure, cached, cancellationToken);
    }

    private static async Task RecordAsync(JobRun run, Storage.MySql.Erasures.Erasure certificate, CancellationToken cancellationToken)
    {
        run.Metric("events", certificate.Events ?? 0);
        run.Metric("refusedEvents", certificate.RefusedEvents ?? 0);
        run.Metric("lists", certificate.Lists ?? 0);
        run.Metric("cachedLists", certificate.CachedLists ?? 0);
        run.Metric("models", certificate.Models ?? 0);
        await run.LogAsync($"erasure {certificate.ErasureId} is complete: the member is known as {certificate.Member} from now on", cancellationToken);
    }
}
