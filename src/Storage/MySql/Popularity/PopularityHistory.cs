using Dapper;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Storage.MySql.Popularity;

/// <summary>A title's place in the last 24 hours of a region.</summary>
/// <param name="EarlierRank">A day before; null where it had none, or nothing was counted then.</param>
public sealed record RankedTitle(
    long ContentId, int Rank, double Views, long UniqueViewers, double HoursWatched, double Score, int? EarlierRank, string? NameKo, string? NameEn);

/// <summary>A title at one hour.</summary>
/// <param name="HourAt">UTC.</param>
public readonly record struct TrendPoint(long ContentId, DateTime HourAt, int Rank, double Views, double Score);

/// <summary>The table <c>popularity_history</c>: what was popular, hour by hour, counted over the 24 hours before.</summary>
public sealed class PopularityHistory(Database database)
{
    public const string Window = "24h";

    /// <summary>Titles of each region and hour: more are not looked at, and would outgrow everything else in the database.</summary>
    public const int TitlesPerRegion = 100;

    public const int KeptDays = 90;

    private const int RowsPerPass = 5_000;

    private static readonly string InsertRow = EmbeddedText.Load("MySql/Popularity/insert_history.sql");
    private static readonly string DeleteHour = EmbeddedText.Load("MySql/Popularity/delete_history.sql");
    private static readonly string KnownHours = EmbeddedText.Load("MySql/Popularity/known_hours.sql");
    private static readonly string Prune = EmbeddedText.Load("MySql/Popularity/prune_history.sql");
    private static readonly string RegionNames = EmbeddedText.Load("MySql/Popularity/regions.sql");
    private static readonly string Latest = EmbeddedText.Load("MySql/Popularity/latest_history.sql");
    private static readonly string Trend = EmbeddedText.Load("MySql/Popularity/trend.sql");

    public static DateTime HourOf(DateTime time) => time.Date.AddHours(time.Hour);

    /// <summary>Writes an hour down, in place of what an earlier computation wrote for it.</summary>
    /// <param name="rows">Of any windows; those of <see cref="Window"/> are kept.</param>
    /// <exception cref="LeaseLostException">The run was taken over.</exception>
    public Task WriteAsync(RunLease lease, DateTime asOf, IEnumerable<PopularityRow> rows, CancellationToken cancellationToken)
    {
        var hour = HourOf(asOf);
        var kept = rows.Where(row => row.Window == Window && row.Rank <= TitlesPerRegion).Select(row => new
        {
            row.Region, hour, row.ContentId, row.Rank, row.Views, row.UniqueViewers, row.HoursWatched, row.Score,
        }).ToList();
        return database.TransactAsync(async (connection, transaction) =>
        {
            await RunStore.HoldAsync(connection, transaction, lease);
            await connection.ExecuteAsync(DeleteHour, new { hour }, transaction);
            return await connection.ExecuteAsync(InsertRow, kept, transaction);
        }, cancellationToken);
    }

    /// <summary>The hours of a range that are written down.</summary>
    public Task<IReadOnlySet<DateTime>> KnownAsync(DateTime from, DateTime to, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlySet<DateTime>>(
            async connection => (await connection.QueryAsync<DateTime>(KnownHours, new { from, to })).ToHashSet(), cancellationToken);

    /// <summary>The regions of the newest hour.</summary>
    public Task<IReadOnlyList<string>> RegionsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async connection => (await connection.QueryAsync<string>(RegionNames)).AsList(), cancellationToken);

    /// <summary>The newest hour of a region, best first.</summary>
    public Task<IReadOnlyList<RankedTitle>> LatestAsync(string region, int most, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RankedTitle>>(
            async connection => [.. (await connection.QueryAsync<Row>(Latest, new { region, most })).Select(row => row.ToTitle())], cancellationToken);

    /// <summary>Titles over the last days, each in order of time.</summary>
    /// <param name="contents">At least one.</param>
    public Task<IReadOnlyList<TrendPoint>> TrendAsync(string region, IReadOnlyList<long> contents, int days, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<TrendPoint>>(
            async connection => [.. (await connection.QueryAsync<(long, DateTime, int, double, double)>(Trend, new { region, contents, days }))
                .Select(row => new TrendPoint(row.Item1, row.Item2, row.Item3, row.Item4, row.Item5))], cancellationToken);

    /// <summary>Deletes what is older than <see cref="KeptDays"/>, in bounded passes.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        while (await database.TransactAsync(
            (connection, transaction) => connection.ExecuteAsync(Prune, new { days = KeptDays, most = RowsPerPass }, transaction), cancellationToken) == RowsPerPass)
        {
        }
    }

    private sealed class Row
    {
        public long content_id { get; init; }
        public int rank_no { get; init; }
        public double views { get; init; }
        public long unique_viewers { get; init; }
        public double hours_watched { get; init; }
        public double score { get; init; }
        public int? earlier_rank { get; init; }
        public string? name_ko { get; init; }
        public string? name_en { get; init; }

        public RankedTitle ToTitle() => new(content_id, rank_no, views, unique_viewers, hours_watched, score, earlier_rank, name_ko, name_en);
    }
}
