using System.Text.Json;
using Dapper;
using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using StackExchange.Redis;

namespace Pipeline.Demo;

/// <summary>One title of a list, with its place and where it came from.</summary>
internal sealed record ListedTitle(long ContentId, double Score, string Reason);

/// <summary>How the lists of MySQL and of Redis compare for one generation.</summary>
/// <param name="Members">Members asked for.</param>
/// <param name="InMySql">Of those, members with a list in MySQL.</param>
/// <param name="Equal">Of those, members whose list in Redis names the same titles in the same order.</param>
internal readonly record struct ListComparison(int Members, int InMySql, int Equal);

/// <summary>The stores as an outsider sees them: official clients and the published contract, none of our own code.</summary>
internal sealed class Outside(IMongoDatabase documents, string mysql, string redis)
{
    private const int MembersPerQuery = 1_000;

    public static Outside FromEnvironment()
    {
        var mongo = new MongoUrl(Address("PIPELINE_MONGO"));
        return new Outside(new MongoClient(mongo).GetDatabase(mongo.DatabaseName ?? "coupang_play"), Address("PIPELINE_MYSQL"), Address("PIPELINE_REDIS"));

        static string Address(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new DemoFailedException($"{name} is not set: run './pipeline demo', which sets it");
    }

    public Task<long> CountAsync(string collection, CancellationToken cancellationToken) =>
        documents.GetCollection<BsonDocument>(collection).CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty, null, cancellationToken);

    /// <summary>Everyone with an event about a title, in ascending order.</summary>
    public async Task<IReadOnlyList<long>> ActiveMembersAsync(CancellationToken cancellationToken)
    {
        var users = await documents.GetCollection<BsonDocument>("watch_events")
            .Aggregate()
            .Match(new BsonDocument("contentId", new BsonDocument("$gt", 0)))
            .Group(new BsonDocument("_id", "$userId"))
            .ToListAsync(cancellationToken);
        return [.. users.Select(user => user["_id"].ToInt64()).Order()];
    }

    public async Task<long?> ServedGenerationAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(mysql);
        return await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(
            "SELECT generation_id FROM serving_pointer WHERE scope = 'global'", cancellationToken: cancellationToken));
    }

    public async Task<ListComparison> CompareListsAsync(long generation, IReadOnlyList<long> members, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(mysql);
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis);
        var database = multiplexer.GetDatabase();
        int present = 0, equal = 0;
        foreach (long[] chunk in members.Chunk(MembersPerQuery))
        {
            var rows = await connection.QueryAsync<(long UserId, string Items)>(new CommandDefinition(
                "SELECT user_id, items FROM recommendation WHERE generation_id = @generation AND user_id IN @chunk",
                new { generation, chunk }, cancellationToken: cancellationToken));
            foreach (var (user, items) in rows)
            {
                present++;
                string? cached = await database.StringGetAsync($"rec:{{{user}}}:{generation}");
                if (cached is not null && Parse(items).Select(title => title.ContentId).SequenceEqual(JsonSerializer.Deserialize<long[]>(cached)!))
                    equal++;
            }
        }
        return new ListComparison(members.Count, present, equal);
    }

    public async Task<IReadOnlyList<ListedTitle>> ListAsync(long generation, long user, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(mysql);
        string? items = await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "SELECT items FROM recommendation WHERE generation_id = @generation AND user_id = @user", new { generation, user }, cancellationToken: cancellationToken));
        return items is null ? [] : Parse(items);
    }

    public async Task<IReadOnlyList<(long ContentId, double Hours, long Viewers)>> PopularAsync(string region, string window, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(mysql);
        return [.. await connection.QueryAsync<(long, double, long)>(new CommandDefinition(
            """
            SELECT content_id, CAST(hours_watched AS DOUBLE), unique_viewers FROM popularity
             WHERE window_name = @window AND region = @region
               AND computed_at = (SELECT MAX(computed_at) FROM popularity WHERE window_name = @window AND region = @region)
             ORDER BY rank_no LIMIT 5
            """, new { window, region }, cancellationToken: cancellationToken))];
    }

    public async Task<IReadOnlyDictionary<long, string>> TitleNamesAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(mysql);
        var rows = await connection.QueryAsync<(long Id, string English, string Korean)>(
            new CommandDefinition("SELECT content_id, name_en, name_ko FROM title", cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.Id, row => $"{row.English} ({row.Korean})");
    }

    private static List<ListedTitle> Parse(string items)
    {
        using var document = JsonDocument.Parse(items);
        return [.. document.RootElement.EnumerateArray().Select(item => new ListedTitle(
            item.GetProperty("contentId").GetInt64(), item.GetProperty("score").GetDouble(), Reason(item)))];

        static string Reason(JsonElement item)
        {
            if (!item.TryGetProperty("reason", out var reason))
                return "";
            string kind = reason.GetProperty("kind").GetString() ?? "";
            return reason.TryGetProperty("contentId", out var because) ? $"{kind} {because.GetInt64()}" : kind;
        }
    }
}
