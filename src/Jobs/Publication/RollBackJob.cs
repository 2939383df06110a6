using System.Text.RegularExpressions;
using Pipeline.Jobs.Runs;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Publication;

/// <summary>
/// Serves an earlier generation again: its lists are still in MySQL, go back to Redis, and the pointer moves once more. With a region as its
/// scope it pins the region to a kept generation, whatever is published for the others, or lets it go again.
/// </summary>
public sealed partial class RollBackJob(GenerationStore generations, GenerationHistory history, CacheFiller filler, ServingCache cache) : IJob
{
    public const string JobName = "roll-back";

    /// <summary>In place of a generation: none of its own for the region.</summary>
    private const long NoGeneration = 0;

    public static readonly JobParameter<long> Generation =
        JobParameters.Whole("generation", "the generation to serve again; 0 to let a region follow global again", NoGeneration, NoGeneration, long.MaxValue) with { IsRequired = true };

    public static readonly JobParameter<string> Scope = JobParameters.Text(
        "scope", "who is served it", "global, or ISO 3166 alpha-2 of a region to pin, such as KR", GenerationStore.GlobalScope, CheckScope);

    public static IReadOnlyList<JobParameter> ValidParameters { get; } = [Generation, Scope];

    public string Name => JobName;

    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        long generation = run.Parameters.Get(Generation);
        string scope = run.Parameters.Get(Scope);
        var served = await generations.PointerAsync(scope, cancellationToken);
        if (generation == NoGeneration)
            return await UnpinAsync(run, scope, served, cancellationToken);
        var wanted = await history.FindAsync(generation, cancellationToken);
        if (wanted is null)
            return JobOutcome.Failed($"there is no generation {generation}");
        if (served?.GenerationId == generation)
            return JobOutcome.Skipped($"generation {generation} is served already");
        if (!wanted.IsWhole)
            return JobOutcome.Failed($"generation {generation} is {wanted.State}: its lists are not whole any more");

        await run.StepAsync($"filling Redis with generation {generation}", cancellationToken);
        await filler.FillAsync(generation, cancellationToken);
        await run.StepAsync("moving the pointer", cancellationToken);
        if (!await generations.FlipAsync(scope, generation, served?.GenerationId, wanted.Lists ?? 0, run.Lease, cancellationToken))
            throw new PublicationRefusedException($"generation {generation} came too late: a later run has published");
        // Redis has a pointer for everybody; a region's own stands in MySQL alone.
        if (scope == GenerationStore.GlobalScope)
            await cache.MoveGenerationAsync(generation, run.Lease.Token, cancellationToken);
        run.Metric("generation", generation);
        await run.LogAsync(scope == GenerationStore.GlobalScope
            ? $"generation {generation} is served instead of {served?.GenerationId}"
            : $"region {scope} is pinned to generation {generation}", cancellationToken);
        return JobOutcome.Done;
    }

    private async Task<JobOutcome> UnpinAsync(JobRun run, string scope, ServingPointer? pinned, CancellationToken cancellationToken)
    {
        if (scope == GenerationStore.GlobalScope)
            return JobOutcome.Failed("generation=0 lets a region follow global again: set scope to the region");
        if (pinned is null)
            return JobOutcome.Skipped($"region {scope} is not pinned");
        if (!await generations.UnpinAsync(scope, pinned.GenerationId, run.Lease, cancellationToken))
            throw new PublicationRefusedException($"region {scope} was pinned anew by a later run");
        await run.LogAsync($"region {scope} follows global again, instead of generation {pinned.GenerationId}", cancellationToken);
        return JobOutcome.Done;
    }

    private static void CheckScope(string scope)
    {
        if (scope != GenerationStore.GlobalScope && !Alpha2().IsMatch(scope))
            throw new FormatException();
    }

    [GeneratedRegex("^[A-Z]{2}\\z")]
    private static partial Regex Alpha2();
}
