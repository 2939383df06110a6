using System.Text.Json;
using Dapper;

namespace Pipeline.Storage.MySql.Generations;

/// <summary>A generation as people look at it.</summary>
/// <param name="Lists">Members with a list; null until it was published.</param>
/// <param name="Served">Whether the pointer names it.</param>
/// <param name="ServedBefore">Whether the pointer named it before its last move.</param>
/// <param name="Coverage">Share of the titles that the lists of its model hold, as the gate measured it, 0 to 1; null where it has not.</param>
/// <param name="ChecksPassed">Of the gate's checks of its model.</param>
public sealed record GenerationRecord(
    long GenerationId, string Scope, long RunId, long? ModelId, string State, long? Lists, DateTime CreatedAt, DateTime? PublishedAt, bool Served, bool ServedBefore, DateTime? FlippedAt,
    double? Coverage = null, int ChecksPassed = 0, int Checks = 0)
{
    /// <summary>Whether its lists are whole and not being deleted, and others are served.</summary>
    public bool CanBeServedAgain => IsWhole && !Served;

    /// <summary>Whether its lists are all there and not being deleted.</summary>
    public bool IsWhole => State == "published";
}

/// <summary>A move of the pointer.</summary>
/// <param name="Token">Grows from move to move; the next page begins before the last one's.</param>
/// <param name="Until">When the next one came; null for what is served now.</param>
/// <param name="Job">Of the run that moved it; null where the run was gone before this was kept.</param>
/// <param name="RunIsKept">Whether the run can still be looked at.</param>
public sealed record FlipRecord(
    long Token, long GenerationId, long? Instead, long RunId, DateTime FlippedAt, DateTime? Until, string? Job, string? RequestedBy, bool RunIsKept);

/// <summary>Reads the generations for people.</summary>
public sealed class GenerationHistory(Database database)
{
    private static readonly string FlipRows = EmbeddedText.Load("MySql/Generations/flips.sql");
    private static readonly string FlipsOfModel = EmbeddedText.Load("MySql/Generations/flips_of_model.sql");
    private static readonly string Served = EmbeddedText.Load("MySql/Generations/served.sql");
    private static readonly string SearchRows = EmbeddedText.Load("MySql/Generations/search.sql");

    /// <summary>The newest generations first.</summary>
    /// <param name="before">Only generations with a lower id.</param>
    public Task<IReadOnlyList<GenerationRecord>> SearchAsync(long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<GenerationRecord>>(
            async connection => [.. (await connection.QueryAsync<Row>(SearchRows, new { before, most })).Select(row => row.ToRecord())], cancellationToken);

    public async Task<GenerationRecord?> FindAsync(long generation, CancellationToken cancellationToken) =>
        generation is > 0 and < long.MaxValue && await SearchAsync(generation + 1, 1, cancellationToken) is [var found] && found.GenerationId == generation ? found : null;

    /// <summary>What readers of a scope are served, and whose lists those are; null before the first publication.</summary>
    public Task<ServedGeneration?> ServedAsync(string scope, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            var (generation, model) = await connection.QuerySingleOrDefaultAsync<(long?, long?)>(Served, new { scope });
            return generation is null ? null : new ServedGeneration(generation.Value, model);
        }, cancellationToken);

    /// <summary>What was served when, the newest first.</summary>
    /// <param name="before">Only moves with a lower token.</param>
    public Task<IReadOnlyList<FlipRecord>> FlipsAsync(string scope, long before, int most, CancellationToken cancellationToken) =>
        FlipsAsync(FlipRows, new { scope, before, most }, cancellationToken);

    /// <summary>When a model's generations were served, the newest first.</summary>
    /// <param name="before">Only moves with a lower token.</param>
    public Task<IReadOnlyList<FlipRecord>> FlipsOfModelAsync(long modelId, long before, int most, CancellationToken cancellationToken) =>
        FlipsAsync(FlipsOfModel, new { modelId, before, most }, cancellationToken);

    private Task<IReadOnlyList<FlipRecord>> FlipsAsync(string sql, object values, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<FlipRecord>>(
            async connection => [.. (await connection.QueryAsync<FlipRow>(sql, values)).Select(row => row.ToRecord())], cancellationToken);

    private sealed class FlipRow
    {
        public long fencing_token { get; init; }
        public long generation_id { get; init; }
        public long? previous_generation_id { get; init; }
        public long run_id { get; init; }
        public DateTime flipped_at { get; init; }
        public DateTime? until { get; init; }
        public string? job { get; init; }
        public string? requested_by { get; init; }
        public bool run_is_kept { get; init; }

        public FlipRecord ToRecord() => new(fencing_token, generation_id, previous_generation_id, run_id, flipped_at, until, job, requested_by, run_is_kept);
    }

    private sealed class Row
    {
        public long generation_id { get; init; }
        public string scope { get; init; } = "";
        public long run_id { get; init; }
        public long? model_id { get; init; }
        public string state { get; init; } = "";
        public long? lists { get; init; }
        public DateTime created_at { get; init; }
        public DateTime? published_at { get; init; }
        public bool? served { get; init; }
        public bool? served_before { get; init; }
        public DateTime? flipped_at { get; init; }

        /// <summary>JSON array of true and false.</summary>
        public string? checks { get; init; }
        public double? coverage { get; init; }

        private bool[] Checks => checks is null ? [] : JsonSerializer.Deserialize<bool[]>(checks)!;

        public GenerationRecord ToRecord() => new(
            generation_id, scope, run_id, model_id, state, lists, created_at, published_at, served == true, served_before == true, served == true ? flipped_at : null,
            coverage, Checks.Count(passed => passed), Checks.Length);
    }
}
