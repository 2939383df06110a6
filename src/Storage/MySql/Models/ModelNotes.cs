using Dapper;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Storage.MySql.Models;

public sealed record ModelNote(DateTime WrittenAt, string Author, string Text);

/// <summary>What people have written about models. Notes are added and never changed.</summary>
public sealed class ModelNotes(Database database, AuditTrail audit)
{
    public const int Longest = 2_000;

    private static readonly string Add = EmbeddedText.Load("MySql/Models/add_note.sql");
    private static readonly string Notes = EmbeddedText.Load("MySql/Models/notes.sql");

    /// <summary>The newest first.</summary>
    public Task<IReadOnlyList<ModelNote>> ListAsync(long modelId, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelNote>>(
            async connection => [.. (await connection.QueryAsync<(DateTime, string, string)>(Notes, new { modelId, most }))
                .Select(row => new ModelNote(row.Item1, row.Item2, row.Item3))], cancellationToken);

    /// <param name="text">At most <see cref="Longest"/> characters.</param>
    public Task AddAsync(long modelId, string text, Actor actor, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(Add, new { modelId, author = actor.Name, note = text }, transaction);
            return (true, actor.Did(AuditActions.ModelNote, $"model {modelId}", null, text));
        }, cancellationToken);
}
