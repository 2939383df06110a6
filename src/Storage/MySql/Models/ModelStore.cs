using Dapper;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.MySql.Models;

/// <summary>A trained model, as the registry keeps it.</summary>
/// <param name="Parameters">JSON object.</param>
/// <param name="DataDigest">SHA-256 of the interactions, hexadecimal: the same data and parameters give the same model.</param>
/// <param name="Metrics">JSON object.</param>
/// <param name="Rejection">Why the gate keeps it from being published; null where it may be.</param>
public sealed record RegisteredModel(
    string Algorithm, string Parameters, string DataDigest, string Metrics, double TrainingSeconds,
    string ArtifactPath, string ArtifactDigest, string? Rejection);

/// <summary>The model registry.</summary>
public sealed class ModelStore(Database database)
{
    private static readonly string Insert = EmbeddedText.Load("MySql/Models/register.sql");

    /// <returns>The model's id.</returns>
    /// <exception cref="LeaseLostException">The run was taken over.</exception>
    public Task<long> RegisterAsync(RunLease lease, RegisteredModel model, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            await RunStore.HoldAsync(connection, transaction, lease);
            return await connection.ExecuteScalarAsync<long>(Insert, new
            {
                lease.RunId, model.Algorithm, model.Parameters, model.DataDigest, model.Metrics, model.TrainingSeconds,
                model.ArtifactPath, model.ArtifactDigest, State = model.Rejection is null ? "registered" : "rejected", Reason = model.Rejection,
            }, transaction);
        }, cancellationToken);
}
