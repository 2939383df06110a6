using System.Diagnostics;
using System.Text.Json;
using Dapper;
using MongoDB.Bson;
using MongoDB.Driver;
using MySqlConnector;
using Pipeline.Servers;
using Pipeline.Storage;
using Pipeline.Storage.Events;
using static Pipeline.Ingest.Tests.Import.ImportBench;

namespace Pipeline.Ingest.Tests.Import;

/// <summary>The program itself against real stores.</summary>
[Trait("speed", "server")]
public sealed class ImportCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("import-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Events_go_into_the_store_once_and_refused_ones_beside_it()
    {
        var mongo = await TestServers.MongoAsync();
        var plain = File("a.ndjson", string.Join('\n', Enumerable.Range(1, 300).Select(number => Fresh(number))));
        var packed = File("b.ndjson.gz", Gzip(string.Join('\n', Enumerable.Range(200, 200).Select(number => Fresh(number)).Append("broken"))));

        var first = await RunAsync(mongo, "--json", plain, packed);
        Assert.Equal(1, first.Status);
        Assert.Contains($"{packed}:201: not_json", first.Error);
        var report = JsonDocument.Parse(first.Output).RootElement;
        Assert.Equal((501, 399, 101, 1), (Number(report, "lines"), Number(report, "stored"), Number(report, "duplicates"), Number(report, "refused")));
        Assert.Equal(1, Number(report.GetProperty("refusedByCode"), "not_json"));

        var again = await RunAsync(mongo, plain);
        Assert.Equal((0, "0 stored, 300 duplicates, 0 refused"), (again.Status, again.Output.Trim()));
        var database = DocumentDatabase.Open(mongo);
        Assert.Equal(399, await database.GetCollection<BsonDocument>("watch_events").CountDocumentsAsync(new BsonDocument(), cancellationToken: Cancel));
        Assert.Equal(1, await database.GetCollection<BsonDocument>("refused_events").CountDocumentsAsync(new BsonDocument(), cancellationToken: Cancel));
    }

    [Fact]
    public async Task Old_ratings_are_taken_and_counted_once()
    {
        var mongo = await TestServers.MongoAsync();
        var data = File("u.data", "196\t242\t3\t881250949\n186\t302\t3\t891717742\n");
        var csv = File("ratings.csv", "userId,movieId,rating,timestamp\n196,242,3.0,881250949\n22,377,1.0,878887116\n");
        var (status, output, _) = await RunAsync(mongo, "--as", "ratings", data, csv);
        Assert.Equal((0, "3 stored, 1 duplicates, 0 refused"), (status, output.Trim()));
    }

    [Fact]
    public async Task Titles_go_into_MySQL_and_are_replaced_by_newer_ones()
    {
        var mySql = await TestServers.MySqlAsync();
        var catalogue = File("titles.ndjson", """
            {"contentId":1,"nameKo":"달빛 로봇","nameEn":"The Moonlit Robot","genres":["drama"],"language":"ko","runtimeSeconds":5340,"releaseDate":"2017-09-06"}
            {"contentId":2,"nameEn":"Untitled"}
            """);
        Assert.Equal(0, (await RunAsync(mySql, "--as", "titles", catalogue)).Status);
        var newer = File("newer.ndjson", """{"contentId":2,"nameEn":"Titled","genres":["crime","drama"]}""");
        Assert.Equal(0, (await RunAsync(mySql, "--as", "titles", newer)).Status);

        await using var connection = new MySqlConnection(mySql);
        var titles = (await connection.QueryAsync<(long, string?, string?, string, int?, DateTime?)>(
            "SELECT content_id, name_ko, name_en, genres, runtime_seconds, release_date FROM title ORDER BY content_id")).ToList();
        Assert.Equal((1, "달빛 로봇", "The Moonlit Robot", "[\"drama\"]", 5340, new DateTime(2017, 9, 6)), titles[0]);
        Assert.Equal((2, null, "Titled", null, null), (titles[1].Item1, titles[1].Item2, titles[1].Item3, titles[1].Item5, titles[1].Item6));
        Assert.Equal(2, titles.Count);
    }

    [Fact]
    public async Task Licences_and_age_limits_go_into_MySQL_and_a_malformed_line_is_named()
    {
        var mySql = await TestServers.MySqlAsync();
        var licences = File("licences.ndjson", """
            {"contentId":1,"region":"KR","availableFrom":"2026-01-01T00:00:00Z","availableUntil":"2026-06-01T00:00:00Z"}
            {"contentId":1,"region":"korea","availableFrom":"2026-01-01T00:00:00Z"}
            {"contentId":1,"region":"KR","availableFrom":"2026-01-01T00:00:00Z"}
            """);
        var (status, output, error) = await RunAsync(mySql, "--as", "licences", licences);
        Assert.Equal((1, "2 stored, 0 duplicates, 1 refused (bad_region 1)"), (status, output.Trim()));
        Assert.Contains($"{licences}:2: bad_region region must be", error);
        var limits = File("limits.ndjson", """
            {"userId":5,"maxAge":12}
            {"userId":6,"maxAge":15}
            {"userId":5,"maxAge":null}
            """);
        Assert.Equal(0, (await RunAsync(mySql, "--as", "agelimits", limits)).Status);

        await using var connection = new MySqlConnection(mySql);
        Assert.Equal((1L, "KR", (DateTime?)null), await connection.QuerySingleAsync<(long, string, DateTime?)>("SELECT content_id, region, available_until FROM title_licence"));
        Assert.Equal(6, await connection.QuerySingleAsync<long>("SELECT user_id FROM member_age_limit"));
    }

    [Fact]
    public async Task What_is_named_gz_and_is_none_is_told_so()
    {
        var (status, _, error) = await RunAsync(await TestServers.MongoAsync(), File("plain.ndjson.gz", Fresh(1)));
        Assert.Equal(1, status);
        Assert.Contains("it is no gzip file, or damaged; what is not compressed must not end in .gz", error);
    }

    [Fact]
    public async Task Another_kind_of_file_is_told_which_there_are()
    {
        var (status, _, error) = await RunAsync("mongodb://127.0.0.1:1", "--as", "song", File("a.ndjson", ""));
        Assert.Equal((2, "--as must be events, ratings, titles, licences or agelimits, not 'song'."), (status, error.Trim()));
    }

    [Fact]
    public async Task A_cut_gzip_file_is_an_error_and_what_came_before_is_stored()
    {
        var mongo = await TestServers.MongoAsync();
        var whole = Gzip(string.Concat(Enumerable.Range(1, 3_000).Select(number => Fresh(number) + "\n")));
        var (status, output, error) = await RunAsync(mongo, "--json", File("cut.ndjson.gz", whole[..^1_000]));

        Assert.Equal(1, status);
        Assert.Contains("cut.ndjson.gz", error);
        var stored = Number(JsonDocument.Parse(output).RootElement, "stored");
        Assert.InRange(stored, 1, 2_999);
        Assert.Equal(stored, await DocumentDatabase.Open(mongo).GetCollection<BsonDocument>("watch_events").CountDocumentsAsync(new BsonDocument(), cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_stops_it_before_anything_is_stored()
    {
        var mongo = await TestServers.MongoAsync();
        var good = File("good.ndjson", Fresh(1));
        var missing = Path.Combine(_folder.FullName, "missing.ndjson");
        foreach (var unreadable in (string[])[missing, _folder.FullName])
        {
            var (status, _, error) = await RunAsync(mongo, good, unreadable);
            Assert.Equal(1, status);
            Assert.Contains(unreadable, error);
        }
        Assert.Equal(0, await DocumentDatabase.Open(mongo).GetCollection<BsonDocument>("watch_events").CountDocumentsAsync(new BsonDocument(), cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_said_and_no_file_is_lost()
    {
        var (status, _, error) = await RunAsync("mongodb://127.0.0.1:1/nowhere", File("good.ndjson", Fresh(1)));
        Assert.Equal(1, status);
        Assert.Contains("document store", error);
    }

    [Theory]
    [InlineData]
    [InlineData("--as", "songs", "a.ndjson")]
    [InlineData("--fast", "a.ndjson")]
    public async Task Bad_arguments_are_status_2(params string[] arguments)
    {
        Assert.Equal(2, (await RunAsync("", arguments)).Status);
    }

    // The program's clock is the real one, and the contract refuses what is too old.
    private static string Fresh(int number) =>
        Event(number, json => json["occurredAt"] = TimeProvider.System.GetUtcNow().AddDays(-1).ToString("yyyy-MM-ddTHH:mm:ssZ"));

    private string File(string name, string text) => File(name, System.Text.Encoding.UTF8.GetBytes(text));

    private string File(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    private static long Number(JsonElement report, string name) => report.GetProperty(name).GetInt64();

    private static async Task<(int Status, string Output, string Error)> RunAsync(string address, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Pipeline.Ingest.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "import", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment[address.StartsWith("mongodb", StringComparison.Ordinal) ? Addresses.MongoVariable : Addresses.MySqlVariable] = address;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Cancel);
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, output, await error);
    }
}
