using System.Text.Json;
using Dapper;

namespace Pipeline.Storage.MySql.Titles;

/// <summary>A title as people know it. What is null is not known.</summary>
/// <param name="Language">Original language, ISO 639-1.</param>
public sealed record CatalogTitle(
    long ContentId, string? NameKo, string? NameEn, IReadOnlyList<string> Genres, string? Language, int? RuntimeSeconds, DateOnly? ReleaseDate)
{
    /// <summary>Actors, directors, writers.</summary>
    public IReadOnlyList<string> Cast { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Least age of who may see it; null for any.</summary>
    public int? MinAge { get; init; }
}

/// <summary>The tables <c>title</c> and <c>title_detail</c>.</summary>
public sealed class TitleStore(Database database)
{
    /// <summary>Longest name and language that the table holds, in characters.</summary>
    public const int LongestName = 300;
    public const int LongestLanguage = 16;

    private static readonly string Upsert = EmbeddedText.Load("MySql/Titles/upsert.sql");
    private static readonly string UpsertDetail = EmbeddedText.Load("MySql/Titles/upsert_detail.sql");
    private static readonly string All = EmbeddedText.Load("MySql/Titles/all.sql");

    /// <summary>Writes all of them or none; a title that is there is replaced.</summary>
    public Task WriteAsync(IReadOnlyList<CatalogTitle> titles, CancellationToken cancellationToken) =>
        database.TransactAsync(async (connection, transaction) =>
        {
            var rows = titles.Select(title => new
            {
                title.ContentId,
                title.NameKo,
                title.NameEn,
                Genres = JsonSerializer.Serialize(title.Genres),
                title.Language,
                title.RuntimeSeconds,
                ReleaseDate = title.ReleaseDate?.ToDateTime(TimeOnly.MinValue),
                Cast = JsonSerializer.Serialize(title.Cast),
                Tags = JsonSerializer.Serialize(title.Tags),
                title.MinAge,
            }).ToList();
            await connection.ExecuteAsync(new CommandDefinition(Upsert, rows, transaction, cancellationToken: cancellationToken));
            return await connection.ExecuteAsync(new CommandDefinition(UpsertDetail, rows, transaction, cancellationToken: cancellationToken));
        }, cancellationToken);

    /// <summary>The whole catalogue, by ascending id.</summary>
    public async Task<IReadOnlyList<CatalogTitle>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>(All), cancellationToken);
        return [.. rows.Select(row => row.ToTitle())];
    }

    private sealed record Row(
        long content_id, string? name_ko, string? name_en, string genres, string? language, int? runtime_seconds, DateTime? release_date,
        string? cast_members, string? tags, byte? min_age)
    {
        public CatalogTitle ToTitle() => new(
            content_id, name_ko, name_en, Texts(genres), language, runtime_seconds, release_date is { } date ? DateOnly.FromDateTime(date) : null)
        {
            Cast = Texts(cast_members),
            Tags = Texts(tags),
            MinAge = min_age,
        };

        private static string[] Texts(string? json) => json is null ? [] : JsonSerializer.Deserialize<string[]>(json)!;
    }
}
