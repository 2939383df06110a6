using System.Text.Json;
using Dapper;
using Pipeline.Servers;
using Pipeline.Storage.Events;
using static Pipeline.Jobs.Tests.Commands.JobsProgram;

namespace Pipeline.Jobs.Tests.Exchange;

/// <summary><c>export</c> and <c>models import</c> as people type them.</summary>
[Trait("speed", "server")]
public sealed class ExchangeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-exchange-command-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Interactions_leave_and_a_model_comes_back()
    {
        string mongo = await TestServers.MongoAsync();
        var events = new MongoEventStore(DocumentDatabase.Open(mongo));
        await events.PrepareAsync(Cancelled);
        await using var world = await ExchangeWorld.CreateAsync(events);

        var (status, output, error) = await RunAsync(world.Stores, mongo, ["export", world.Export, "--set", "as-of=2026-11-22T12:00:00Z", "--json"]);

        Assert.True(status == 0, error);
        Assert.Contains("writing", error);
        var summary = JsonDocument.Parse(output).RootElement.GetProperty("export");
        var read = await ExportedInteractions.ReadAsync(world.Export);
        Assert.Equal((read.Users.Length, 0.2), (summary.GetProperty("interactions").GetInt32(), summary.GetProperty("heldOutShare").GetDouble()));
        string digest = summary.GetProperty("digest").GetString()!;
        Assert.Equal(["interactions.parquet", "contents.parquet"], summary.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()));

        SparkFolder.WriteMetadata(world.Model, rank: 8);
        await SparkFolder.WriteFactorsAsync(world.Model, PlainSparkAls.Train(read, rank: 8, iterations: 6));
        (status, output, error) = await RunAsync(world.Stores, mongo,
            ["models", "import", world.Model, "--contents", Path.Combine(world.Export, "contents.parquet"), "--alpha", "4", "--reg-param", "0.05", "--set", "as-of=2026-11-22T12:00:00Z", "--json"]);

        Assert.True(status == 0, error);
        var run = JsonDocument.Parse(output).RootElement;
        Assert.Contains("the gate would promote it", run.GetProperty("reason").GetString());
        long model = run.GetProperty("metrics").GetProperty("model").GetInt64();
        (status, output, _) = await RunAsync(world.Stores, mongo, ["models", $"{model}", "--json"]);
        var kept = JsonDocument.Parse(output).RootElement;
        Assert.Equal((0, "spark-als", digest), (status, kept.GetProperty("algorithm").GetString(), kept.GetProperty("dataDigest").GetString()));
        (status, output, _) = await RunAsync(world.Stores, mongo, ["run", "promote-model", "--set", $"model={model}", "--set", "as-of=2026-11-22T12:00:00Z"]);
        Assert.True(status == 0, output);
        (status, output, _) = await RunAsync(world.Stores, mongo, ["recommend", "7", "--json"]);
        Assert.Equal((0, 50), (status, JsonDocument.Parse(output).RootElement.GetProperty("items").GetArrayLength()));
    }

    [Fact]
    public async Task An_interrupted_export_ends_with_status_1_and_leaves_nothing()
    {
        await using var stores = await JobStores.CreateAsync();
        string target = Path.Combine(_folder, "export");
        using var process = Start(stores, "export", target);
        await WaitForAsync(process.StandardError, "reading events");

        await SignalAsync(process, "INT");
        await process.WaitForExitAsync(Cancelled);

        Assert.Equal(1, process.ExitCode);
        Assert.False(Directory.Exists(target));
        await using var connection = await stores.Database.OpenAsync(Cancelled);
        Assert.Equal(("export-interactions", "cancelled"), await connection.QuerySingleAsync<(string, string)>("SELECT job, state FROM job_run"));
    }

    [Theory]
    [InlineData("Required argument missing", "export")]
    [InlineData("the folder has no name", "export", " ")]
    [InlineData("export-interactions has no parameter 'rank'", "export", "FOLDER/new", "--set", "rank=8")]
    [InlineData("contents.parquet is there already: give another folder, or --overwrite", "export", "FOLDER")]
    [InlineData("contents.parquet is a file", "export", "FOLDER/contents.parquet", "--overwrite")]
    [InlineData("'--alpha' is required", "models", "import", "FOLDER", "--contents", "FOLDER/contents.parquet", "--reg-param", "0.1")]
    [InlineData("--reg-param is a number, above 0, not '0'.", "models", "import", "FOLDER", "--contents", "FOLDER/contents.parquet", "--alpha", "1", "--reg-param", "0")]
    [InlineData("does not exist", "models", "import", "FOLDER/none", "--contents", "FOLDER/contents.parquet", "--alpha", "1", "--reg-param", "0.1")]
    [InlineData("import-model has no parameter 'rank'", "models", "import", "FOLDER", "--contents", "FOLDER/contents.parquet", "--alpha", "1", "--reg-param", "0.1", "--set", "rank=8")]
    public async Task What_cannot_be_asked_for_ends_with_status_2_before_any_server_is_looked_for(string said, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "contents.parquet"), "not ours", Cancelled);

        var (status, output, error) = await RunAsync(null, [.. arguments.Select(argument => argument.Replace("FOLDER", _folder))]);

        Assert.Equal((2, ""), (status, output));
        Assert.Contains(said, error);
    }

    [Fact]
    public async Task What_is_no_model_ends_with_status_1_and_one_line_before_any_server_is_looked_for()
    {
        string contents = Path.Combine(_folder, "contents.parquet");
        await File.WriteAllTextAsync(contents, "not ours", Cancelled);

        var (status, output, error) = await RunAsync(null, "models", "import", _folder, "--contents", contents, "--alpha", "1", "--reg-param", "0.1");

        Assert.Equal((1, ""), (status, output));
        Assert.StartsWith("contents.parquet: it cannot be read as Parquet", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
