using Dapper;

namespace Pipeline.Storage.MySql.Titles;

/// <param name="Korean">Null where the catalogue has none.</param>
/// <param name="English">Null where the catalogue has none.</param>
public sealed record TitleName(string? Korean, string? English);

/// <summary>What titles are called.</summary>
public sealed class TitleNames(Database database)
{
    private static readonly string Names = EmbeddedText.Load("MySql/Titles/names.sql");

    /// <summary>Names by content id, of those that the catalogue has.</summary>
    public async Task<IReadOnlyDictionary<long, TitleName>> FindAsync(IReadOnlyCollection<long> contentIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(contentIds);
        if (contentIds.Count == 0)
            return new Dictionary<long, TitleName>();
        var rows = await database.ReadAsync(
            connection => connection.QueryAsync<(long Id, string? Korean, string? English)>(Names, new { ids = contentIds }), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => new TitleName(row.Korean, row.English));
    }
}
