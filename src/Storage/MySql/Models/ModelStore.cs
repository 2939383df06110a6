using Dapper;
using MySqlConnector;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.MySql.Models;

/// <summary>A trained model, as the registry keeps it.</summary>
/// <param name="Parameters">JSON object.</param>
/// <param name="DataDigest">SHA-256 of the interactions, hexadecimal: the same data and parameters give the same model.</param>
/// <param name="Metrics">JSON object.</param>
/// <param name="Report">JSON object: the candidates that it was picked from and what the gate looked at.</param>
/// <param name="Rejection">Why the gate keeps it from being published; null where it may be.</param>
public sealed record RegisteredModel(
    string Algorithm, string Parameters, string DataDigest, string Metrics, double TrainingSeconds,
    string ArtifactPath, string ArtifactDigest, string Report, string? Rejection)
{
    /// <summary>When the interactions were read, UTC by the database's clock; null for within the run.</summary>
    public DateTime? ReadAt { get; init; }
}

/// <summary>Where a model of the registry lies.</summary>
/// <param name="ArtifactDigest">SHA-256 of the file, hexadecimal.</param>
/// <param name="State">registered, rejected or published.</param>
/// <param name="Report">JSON object; null for models of before there were any.</param>
/// <param name="ErasedSince">Since when it is known that it may have learned from a member who was erased; null where it has not.</param>
/// <param name="ErasedDays">Days since then, by the database's clock.</param>
public sealed record ModelLocation(
    long ModelId, string Algorithm, string ArtifactPath, string ArtifactDigest, string State, string? Report, DateTime? ErasedSince = null, int? ErasedDays = null);

/// <summary>The model registry.</summary>
public sealed class ModelStore(Database database)
{
    private static readonly string Insert = EmbeddedText.Load("MySql/Models/register.sql");
    private static readonly string InsertReport = EmbeddedText.Load("MySql/Models/register_report.sql");
    private static readonly string Served = EmbeddedText.Load("MySql/Models/served.sql");
    private static readonly string MarkErased = EmbeddedText.Load("MySql/Erasures/mark_new_model.sql");
    private static readonly string Find = EmbeddedText.Load("MySql/Models/find.sql");

    /// <returns>The model's id.</returns>
    /// <exception cref="LeaseLostException">The run was taken over.</exception>
    public Task<long> RegisterAsync(RunLease lease, RegisteredModel model, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            await RunStore.HoldAsync(connection, transaction, lease);
            long modelId = await connection.ExecuteScalarAsync<long>(Insert, new
            {
                lease.RunId, model.Algorithm, model.Parameters, model.DataDigest, model.Metrics, model.TrainingSeconds,
                model.ArtifactPath, model.ArtifactDigest, State = model.Rejection is null ? "registered" : "rejected", Reason = model.Rejection,
            }, transaction);
            await connection.ExecuteAsync(InsertReport, new { modelId, model.Report }, transaction);
            await connection.ExecuteAsync(MarkErased, new { modelId, lease.RunId, model.ReadAt }, transaction);
            return modelId;
        }, cancellationToken);

    /// <summary>The model that the served lists were made with; null where there is none.</summary>
    public Task<ModelLocation?> ServedAsync(string scope, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ReadAsync(connection, Served, new { scope }), cancellationToken);

    public Task<ModelLocation?> FindAsync(long modelId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => ReadAsync(connection, Find, new { modelId }), cancellationToken);

    private static async Task<ModelLocation?> ReadAsync(MySqlConnection connection, string query, object parameters)
    {
        var rows = await connection.QueryAsync<(long Id, string Algorithm, string Path, string Digest, string State, string? Report, DateTime? Erased, int? Days)>(query, parameters);
        return rows.Select(row => new ModelLocation(row.Id, row.Algorithm, row.Path, row.Digest, row.State, row.Report, row.Erased, row.Days)).FirstOrDefault();
    }
}
