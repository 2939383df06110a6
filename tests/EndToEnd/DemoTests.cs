using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using StackExchange.Redis;

namespace Pipeline.EndToEnd.Tests;

/// <summary>One demo on servers of its own, that the tests below look at from outside.</summary>
public sealed class DemoRun : IAsyncLifetime
{
    internal Pipe Pipe { get; } = new();

    internal Ended Demo { get; private set; } = null!;

    internal JsonElement Status { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Demo = (await Pipe.RunAsync("demo", "--events", "40000", "--members", "1000", "--titles", "400")).ShouldEnd(0);
        Status = JsonDocument.Parse((await Pipe.RunAsync("status", "--json")).ShouldEnd(0).Output).RootElement;
    }

    public ValueTask DisposeAsync() => Pipe.DisposeAsync();
}

[Trait("speed", "e2e")]
public sealed partial class DemoTests(DemoRun run) : IClassFixture<DemoRun>
{
    [Fact]
    public void The_ledger_adds_up()
    {
        long sent = Printed(SentLine()), stored = Printed(StoredLine()), duplicates = Printed(DuplicatesLine()), refused = Printed(RefusedLine());
        Assert.True(sent >= 40_000);
        Assert.Equal(sent, stored + duplicates + refused);
        Assert.True(duplicates > 0 && refused > 0, "the generator mixes duplicates and broken events in");
    }

    [Fact]
    public void The_candidates_are_a_table_with_the_reason_why_the_winner_won_and_what_the_gate_found()
    {
        string[] lines = run.Demo.Output.Split('\n');
        int head = Array.FindIndex(lines, line => line.Contains("validation members, whom none of them was trained on", StringComparison.Ordinal));
        Assert.True(head >= 0, run.Demo.Output);
        string[] measures = lines[head + 1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rows = lines[(head + 2)..].TakeWhile(line => line.Length > 0 && !line.Contains("has the highest", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(row => row[0], row => row[1..]);
        Assert.Equal(["blend", "content", "ease", "ials", "ials-16", "item-knn", "popularity"], rows.Keys.Order());
        int ndcg = Array.IndexOf(measures, "ndcg@20");
        string best = rows.Where(row => row.Key != "popularity").MaxBy(row => double.Parse(row.Value[ndcg], CultureInfo.InvariantCulture)).Key;
        Assert.StartsWith($"{best} has the highest ndcg@20 on the validation members, {rows[best][ndcg]}", lines[head + 2 + rows.Count].Trim(), StringComparison.Ordinal);

        Assert.Contains("The gate asked ", run.Demo.Output, StringComparison.Ordinal);
        Assert.Contains("passed  popularity", run.Demo.Output, StringComparison.Ordinal);
        Assert.Contains("is promoted", run.Demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_active_member_has_the_same_list_in_MySQL_and_Redis()
    {
        var mongo = new MongoUrl(run.Status.GetProperty("mongo").GetString());
        var members = await new MongoClient(mongo).GetDatabase("coupang_play").GetCollection<BsonDocument>("watch_events")
            .Distinct<long>("userId", new BsonDocument("contentId", new BsonDocument("$gt", 0)), null, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(run.Status.GetProperty("redis").GetString()!);
        string generation = (await redis.GetDatabase().StringGetAsync("serving:generation"))!;
        var lists = await ListsAsync(generation);

        Assert.NotEmpty(members);
        foreach (long member in members)
        {
            string cached = (await redis.GetDatabase().StringGetAsync($"rec:{{{member}}}:{generation}"))!;
            Assert.Equal(JsonSerializer.Deserialize<long[]>(cached), lists[member]);
            Assert.NotNull(await redis.GetDatabase().KeyTimeToLiveAsync($"rec:{{{member}}}:{generation}"));
        }
    }

    [Theory]
    [InlineData("ALL", "28d")]
    [InlineData("ALL", "7d")]
    [InlineData("KR", "24h")]
    public async Task Popularity_in_Redis_is_popularity_in_MySQL(string region, string window)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(run.Status.GetProperty("redis").GetString()!);
        // Redis follows MySQL, and the timetable may publish between the two looks.
        for (int attempt = 1; ; attempt++)
        {
            string? cached = await redis.GetDatabase().StringGetAsync($"pop:{region}:{window}");
            long[] published = JsonSerializer.Deserialize<long[]>(cached!)!;
            var ranked = await RankedAsync(region, window);
            Assert.NotEmpty(ranked);
            if (published.SequenceEqual(ranked.Take(published.Length)))
                return;
            Assert.True(attempt < 60, $"Redis has {cached}, MySQL has {string.Join(',', ranked)}");
            await Task.Delay(500, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Recommend_prints_what_the_API_would_read()
    {
        var known = await run.Pipe.RunAsync("recommend", "1", "--json");
        using var list = JsonDocument.Parse(known.ShouldEnd(0).Output);
        Assert.NotEqual(0, list.RootElement.GetProperty("items").GetArrayLength());

        var unknown = await run.Pipe.RunAsync("recommend", "987654321");
        Assert.Contains("from popularity", unknown.ShouldEnd(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_demo_counts_nothing_twice()
    {
        // Sent again by hand, so that the full hour that the demo's events end in cannot change between the two.
        string events = Path.Combine(run.Pipe.Home, ".run", "demo", "events.ndjson");
        var before = await LedgerAsync();
        (await run.Pipe.RunAsync("send", events)).ShouldEnd(0);
        long sent = File.ReadLines(events).LongCount();

        var after = await LedgerAsync();
        for (int attempt = 0; attempt < 240 && Total(after) < Total(before) + sent; attempt++)
        {
            await Task.Delay(500, TestContext.Current.CancellationToken);
            after = await LedgerAsync();
        }
        Assert.Equal(Total(before) + sent, Total(after));
        Assert.Equal(before["stored"], after["stored"]);

        static long Total(Dictionary<string, long> ledger) => ledger["stored"] + ledger["duplicates"] + ledger["refused"];
    }

    [Fact]
    public async Task Status_has_the_contract_s_shape()
    {
        Assert.All((string[])["kafka", "mongo", "mysql", "redis", "dashboard"], name => Assert.False(string.IsNullOrEmpty(run.Status.GetProperty(name).GetString())));
        var workers = run.Status.GetProperty("workers").EnumerateArray().ToArray();
        Assert.All(workers, worker => Assert.True(worker.GetProperty("healthy").GetBoolean(), worker.ToString()));
        Assert.Equal(2, workers.Length);

        using var http = new HttpClient();
        var anonymous = await http.GetAsync(new Uri($"{run.Status.GetProperty("dashboard").GetString()!.TrimEnd('/')}/hangfire"), TestContext.Current.CancellationToken);
        Assert.False(anonymous.IsSuccessStatusCode, "the dashboard must let nobody in who has not signed in");
    }

    private async Task<List<long>> RankedAsync(string region, string window)
    {
        await using var connection = await MySqlAsync();
        await using var command = new MySqlCommand(
            """
            SELECT content_id, rank_no, views, unique_viewers, hours_watched, score FROM popularity
             WHERE window_name = @window AND region = @region AND computed_at = (SELECT MAX(computed_at) FROM popularity WHERE window_name = @window AND region = @region) ORDER BY rank_no
            """, connection);
        command.Parameters.AddWithValue("@window", window);
        command.Parameters.AddWithValue("@region", region);
        var ranked = new List<long>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            Assert.Equal(ranked.Count + 1, reader.GetInt32(1));
            ranked.Add(reader.GetInt64(0));
        }
        return ranked;
    }

    private async Task<Dictionary<string, long>> LedgerAsync()
    {
        using var ledger = JsonDocument.Parse((await run.Pipe.RunAsync("ledger", "--json")).ShouldEnd(0).Output);
        return ((string[])["stored", "duplicates", "refused"]).ToDictionary(name => name, name => ledger.RootElement.GetProperty(name).GetInt64());
    }

    private async Task<MySqlConnection> MySqlAsync()
    {
        var connection = new MySqlConnection(run.Status.GetProperty("mysql").GetString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private async Task<Dictionary<long, long[]>> ListsAsync(string generation)
    {
        await using var connection = await MySqlAsync();
        await using var command = new MySqlCommand("SELECT user_id, items FROM recommendation WHERE generation_id = @generation", connection);
        command.Parameters.AddWithValue("@generation", long.Parse(generation, CultureInfo.InvariantCulture));
        var lists = new Dictionary<long, long[]>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            using var items = JsonDocument.Parse(reader.GetString(1));
            lists[reader.GetInt64(0)] = [.. items.RootElement.EnumerateArray().Select(item => item.GetProperty("contentId").GetInt64())];
        }
        return lists;
    }

    private long Printed(Regex line)
    {
        var match = line.Match(run.Demo.Output);
        Assert.True(match.Success, $"no line matches {line} in\n{run.Demo.Output}");
        return long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\bsent\s+([\d,]+)")]
    private static partial Regex SentLine();

    [GeneratedRegex(@"\bstored\s+([\d,]+)")]
    private static partial Regex StoredLine();

    [GeneratedRegex(@"\+ duplicates\s+([\d,]+)")]
    private static partial Regex DuplicatesLine();

    [GeneratedRegex(@"\+ refused\s+([\d,]+)")]
    private static partial Regex RefusedLine();
}
