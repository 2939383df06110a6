using Dapper;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Storage.MySql.Models;

/// <param name="Number">Grows from note to note; the next page begins before the last one's.</param>
public sealed record ModelNote(long Number, DateTime WrittenAt, string Author, string Text);

/// <summary>What people have written about models. Notes are added and never changed.</summary>
public sealed class ModelNotes(Database database, AuditTrail audit)
{
    public const int Longest = 2_000;

    private static readonly string Add = EmbeddedText.Load("MySql/Models/add_note.sql");
    private static readonly string Notes = EmbeddedText.Load("MySql/Models/notes.sql");

    /// <summary>The newest first.</summary>
    /// <param name="before">Only notes with a lower number.</param>
    public Task<IReadOnlyList<ModelNote>> ListAsync(long modelId, long before, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ModelNote>>(
            async connection => [.. (await connection.QueryAsync<(long, DateTime, string, string)>(Notes, new { modelId, before, most }))
                .Select(row => new ModelNote(row.Item1, row.Item2, row.Item3, row.Item4))], cancellationToken);

    /// <param name="text">At most <see cref="Longest"/> characters.</param>
    public Task AddAsync(long modelId, string text, Actor actor, CancellationToken cancellationToken) =>
        audit.ChangeAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(Add, new { modelId, author = actor.Name, note = text }, transaction);
            return (true, actor.Did(AuditActions.ModelNote, $"model {modelId}", null, text));
        }, cancellationToken);
}
