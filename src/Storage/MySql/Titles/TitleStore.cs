using System.Text.Json;
using Dapper;

namespace Pipeline.Storage.MySql.Titles;

/// <summary>A title as people know it. What is null is not known.</summary>
/// <param name="Language">Original language, ISO 639-1.</param>
public sealed record CatalogTitle(
    long ContentId, string? NameKo, string? NameEn, IReadOnlyList<string> Genres, string? Language, int? RuntimeSeconds, DateOnly? ReleaseDate);

/// <summary>The table <c>title</c>.</summary>
public sealed class TitleStore(Database database)
{
    /// <summary>Longest name and language that the table holds, in characters.</summary>
    public const int LongestName = 300;
    public const int LongestLanguage = 16;

    private static readonly string Upsert = EmbeddedText.Load("MySql/Titles/upsert.sql");
    private static readonly string All = EmbeddedText.Load("MySql/Titles/all.sql");

    /// <summary>Writes all of them or none; a title that is there is replaced.</summary>
    public Task WriteAsync(IReadOnlyList<CatalogTitle> titles, CancellationToken cancellationToken) =>
        database.TransactAsync(
            (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(Upsert, titles.Select(title => new
            {
                title.ContentId,
                title.NameKo,
                title.NameEn,
                Genres = JsonSerializer.Serialize(title.Genres),
                title.Language,
                title.RuntimeSeconds,
                ReleaseDate = title.ReleaseDate?.ToDateTime(TimeOnly.MinValue),
            }), transaction, cancellationToken: cancellationToken)),
            cancellationToken);

    /// <summary>The whole catalogue, by ascending id.</summary>
    public async Task<IReadOnlyList<CatalogTitle>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<(long Id, string? Korean, string? English, string Genres, string? Language, int? Seconds, DateTime? Release)>(All), cancellationToken);
        return [.. rows.Select(row => new CatalogTitle(
            row.Id, row.Korean, row.English, JsonSerializer.Deserialize<string[]>(row.Genres)!, row.Language, row.Seconds,
            row.Release is { } date ? DateOnly.FromDateTime(date) : null))];
    }
}
