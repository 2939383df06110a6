using Dapper;

namespace Pipeline.Storage.MySql.Rights;

/// <summary>A time in which a title may be shown in a region.</summary>
/// <param name="Region">ISO 3166 alpha-2, or <see cref="RightsStore.Everywhere"/>.</param>
/// <param name="AvailableFrom">UTC, whole seconds.</param>
/// <param name="AvailableUntil">UTC, itself not in it; null for ever.</param>
public sealed record TitleLicence(long ContentId, string Region, DateTime AvailableFrom, DateTime? AvailableUntil);

/// <param name="MaxAge">Titles for older ones are on none of the member's lists; null for no limit.</param>
public sealed record AgeLimit(long UserId, int? MaxAge);

/// <param name="Licences">Of the titles that are restricted; every other may be shown everywhere.</param>
/// <param name="MinAges">By content id, of the titles that have one.</param>
/// <param name="AgeLimits">By member, of those who have one.</param>
public sealed record StoredRights(
    IReadOnlyList<TitleLicence> Licences, IReadOnlyDictionary<long, int> MinAges, IReadOnlyDictionary<long, int> AgeLimits);

/// <summary>The tables <c>title_licence</c> and <c>member_age_limit</c>, and the ages of <c>title_detail</c>.</summary>
public sealed class RightsStore(Database database)
{
    /// <summary>The region of a licence that holds in all of them.</summary>
    public const string Everywhere = "ALL";

    private static readonly string PutLicence = EmbeddedText.Load("MySql/Rights/put_licence.sql");
    private static readonly string PutAgeLimit = EmbeddedText.Load("MySql/Rights/put_age_limit.sql");
    private static readonly string DeleteAgeLimit = EmbeddedText.Load("MySql/Rights/delete_age_limit.sql");
    private static readonly string Licences = EmbeddedText.Load("MySql/Rights/licences.sql");
    private static readonly string MinAges = EmbeddedText.Load("MySql/Rights/min_ages.sql");
    private static readonly string AgeLimits = EmbeddedText.Load("MySql/Rights/age_limits.sql");

    /// <summary>Writes all of them or none; one of the same title, region and beginning is replaced.</summary>
    public Task WriteAsync(IReadOnlyList<TitleLicence> licences, CancellationToken cancellationToken) => database.TransactAsync(
        (connection, transaction) => connection.ExecuteAsync(new CommandDefinition(PutLicence, licences, transaction, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>Writes all of them or none; a member's limit is replaced, or taken away.</summary>
    public Task WriteAsync(IReadOnlyList<AgeLimit> limits, CancellationToken cancellationToken) => database.TransactAsync(
        async (connection, transaction) =>
        {
            // In the order given: the last of a member's lines holds.
            foreach (var limit in limits)
                await connection.ExecuteAsync(new CommandDefinition(limit.MaxAge is null ? DeleteAgeLimit : PutAgeLimit, limit, transaction, cancellationToken: cancellationToken));
            return limits.Count;
        },
        cancellationToken);

    public Task<StoredRights> ReadAsync(CancellationToken cancellationToken) => database.ReadAsync(async connection => new StoredRights(
        [.. (await connection.QueryAsync<(long Content, string Region, DateTime From, DateTime? Until)>(Licences))
            .Select(row => new TitleLicence(row.Content, row.Region, row.From, row.Until))],
        (await connection.QueryAsync<(long Content, byte Age)>(MinAges)).ToDictionary(row => row.Content, row => (int)row.Age),
        (await connection.QueryAsync<(long User, byte Age)>(AgeLimits)).ToDictionary(row => row.User, row => (int)row.Age)), cancellationToken);
}
