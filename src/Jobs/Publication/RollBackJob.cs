using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>Serves an earlier generation again: its lists are still in MySQL, go back to Redis, and the pointer moves once more.</summary>
public sealed class RollBackJob(GenerationStore generations, GenerationHistory history, CacheFiller filler, ServingCache cache) : IJob
{
    public const string JobName = "roll-back";

    public static readonly JobParameter<long> Generation = JobParameters.Whole("generation", "the generation to serve again", 0L, 1, long.MaxValue) with { IsRequired = true };

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [Generation];

    public string Name => JobName;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        long generation = run.Parameters.Get(Generation);
        var wanted = await history.FindAsync(generation, cancellationToken);
        if (wanted is null)
            return JobOutcome.Failed($"there is no generation {generation}");
        if (wanted.Served)
            return JobOutcome.Skipped($"generation {generation} is served already");
        if (!wanted.CanBeServedAgain)
            return JobOutcome.Failed($"generation {generation} is {wanted.State}: its lists are not whole any more");
        var served = await generations.PointerAsync(wanted.Scope, cancellationToken);
        await run.StepAsync($"filling Redis with generation {generation}", cancellationToken);
        await filler.FillAsync(generation, cancellationToken);
        await run.StepAsync("moving the pointer", cancellationToken);
        if (!await generations.FlipAsync(wanted.Scope, generation, served?.GenerationId, wanted.Lists ?? 0, run.Lease, cancellationToken))
            throw new PublicationRefusedException($"generation {generation} came too late: a later run has published");
        await cache.MoveGenerationAsync(generation, run.Lease.Token, cancellationToken);
        run.Metric("generation", generation);
        await run.LogAsync($"generation {generation} is served instead of {served?.GenerationId}", cancellationToken);
        return JobOutcome.Done;
    }
}
