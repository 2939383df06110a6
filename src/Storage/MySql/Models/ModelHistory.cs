using Dapper;

namespace Pipeline.Storage.MySql.Models;

/// <summary>A version in the registry, as people look at it.</summary>
/// <param name="Parameters">JSON object.</param>
/// <param name="Metrics">JSON object.</param>
/// <param name="Report">JSON object: the candidates that it was picked from and what the gate looked at; null for models of before there were any.</param>
/// <param name="Generation">The newest generation that was made with it; null where there is none.</param>
/// <param name="ErasedSince">Since when it is known that it may have learned from a member who was erased: it is promoted no more. Null where it has not.</param>
public sealed record ModelRecord(
    long ModelId, long RunId, string Algorithm, string Parameters, string DataDigest, string Metrics, double TrainingSeconds, string ArtifactDigest,
    string State, string? Reason, DateTime CreatedAt, long? Generation, string? Report = null, DateTime? ErasedSince = null);

/// <summary>Reads the model registry for people.</summary>
public sealed class ModelHistory(Database database)
{
    private static readonly string FindRows = EmbeddedText.Load("MySql/Models/find_many.sql");
    private static readonly string SearchRows = EmbeddedText.Load("MySql/Models/search.sql");

    /// <summary>The newest versions first.</summary>
    /// <param name="before">Only versions with a lower id.</param>
    public Task<IReadOnlyList<ModelRecord>> SearchAsync(long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelRecord>>(
            async connection => [.. (await connection.QueryAsync<Row>(SearchRows, new { before, most })).Select(row => row.ToRecord()).OrderByDescending(model => model.ModelId)], cancellationToken);

    /// <summary>Those of these versions that there are, the oldest first.</summary>
    public Task<IReadOnlyList<ModelRecord>> FindAsync(IReadOnlyCollection<long> modelIds, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelRecord>>(
            async connection => [.. (await connection.QueryAsync<Row>(FindRows, new { modelIds })).Select(row => row.ToRecord()).OrderBy(model => model.ModelId)], cancellationToken);

    public async Task<ModelRecord?> FindAsync(long modelId, CancellationToken cancellationToken) =>
        modelId is > 0 and < long.MaxValue && await SearchAsync(modelId + 1, 1, cancellationToken) is [var found] && found.ModelId == modelId ? found : null;

    private sealed class Row
    {
        public long model_id { get; init; }
        public long run_id { get; init; }
        public string algorithm { get; init; } = "";
        public string parameters { get; init; } = "";
        public string data_digest { get; init; } = "";
        public string metrics { get; init; } = "";
        public double training_seconds { get; init; }
        public string artifact_digest { get; init; } = "";
        public string state { get; init; } = "";
        public string? reason { get; init; }
        public DateTime created_at { get; init; }
        public long? generation_id { get; init; }
        public string? report { get; init; }
        public DateTime? marked_at { get; init; }

        public ModelRecord ToRecord() => new(
            model_id, run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_digest, state, reason, created_at, generation_id, report,
            marked_at);
    }
}
