using System.Text.RegularExpressions;
using Pipeline.Servers;

namespace Pipeline.Compose.Tests;

/// <summary>Every setting that a worker's code reads is passed to its container, and nothing else is.</summary>
[Trait("speed", "fast")]
public sealed class SettingsTests
{
    [Theory]
    [InlineData("ingest", "src/Ingest")]
    [InlineData("jobs", "src/Jobs")]
    public void A_worker_gets_what_it_reads_and_nothing_else(string service, string room)
    {
        var read = SettingsRead(room);

        Assert.NotEmpty(read);
        Assert.Equal(read.Order(), ComposeFile.Current.Service(service).Environment.Keys.Select(WithoutFile).Order());

        // PIPELINE_MYSQL_FILE passes PIPELINE_MYSQL; a setting whose own name ends in _FILE passes itself.
        string WithoutFile(string variable) =>
            !read.Contains(variable) && variable.EndsWith(Storage.Addresses.FileSuffix, StringComparison.Ordinal) ? variable[..^Storage.Addresses.FileSuffix.Length] : variable;
    }

    [Theory]
    [InlineData("src/Ingest")]
    [InlineData("src/Jobs")]
    public void Every_setting_is_described(string room)
    {
        string page = Repository.Read("docs/operations.md");

        Assert.All(SettingsRead(room), setting => Assert.Contains($"\n| `{setting}` |", page));
    }

    [Theory]
    [InlineData("ingest", "src/Ingest", "PIPELINE_INGEST_HTTP")]
    [InlineData("jobs", "src/Jobs", "PIPELINE_JOBS_HTTP")]
    public void A_worker_listens_where_it_is_published_and_asked_for_its_health(string service, string room, string setting)
    {
        var compose = ComposeFile.Current.Service(service);
        int port = new Uri(compose.Environment[setting]).Port;
        var dockerfile = new Dockerfile($"{room}/Dockerfile");

        Assert.Equal([$"127.0.0.1:{port}:{port}"], compose.Ports);
        Assert.Equal([$"{port}"], dockerfile.All("EXPOSE"));
        Assert.Contains($"/dev/tcp/127.0.0.1/{port} ", dockerfile.HealthCheck[^1]);
    }

    /// <summary>
    /// The settings that a room's code names, and the addresses that it asks <see cref="Storage.Addresses"/> for. What <c>./pipeline</c>
    /// calls itself in usage lines is no setting.
    /// </summary>
    private static HashSet<string> SettingsRead(string room)
    {
        var addresses = new Dictionary<string, string>
        {
            ["Kafka"] = Storage.Addresses.KafkaVariable,
            ["Mongo"] = Storage.Addresses.MongoVariable,
            ["MySql"] = Storage.Addresses.MySqlVariable,
            ["Redis"] = Storage.Addresses.RedisVariable,
        };
        string code = string.Join('\n', Directory.EnumerateFiles(Repository.PathOf(room), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        return
        [
            .. Regex.Matches(code, "\"(PIPELINE_[A-Z_]+)\"").Select(match => match.Groups[1].Value).Where(name => name != "PIPELINE_COMMAND"),
            .. Regex.Matches(code, @"\b[aA]ddresses\.(Kafka|Mongo|MySql|Redis)(IfGiven)?\b").Select(match => addresses[match.Groups[1].Value]),
        ];
    }
}
