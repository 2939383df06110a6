using System.Text.Json;
using Dapper;
using static Pipeline.Jobs.Tests.Commands.JobsProgram;

namespace Pipeline.Jobs.Tests.Commands;

/// <summary>The program as people start it.</summary>
[Trait("speed", "server")]
public sealed class CommandTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("The jobs are: erase-member, popularity, popularity-backfill, popularity-hour, promote-model, roll-back, train-recommendations", "run", "train")]
    [InlineData("has no parameter 'depth'", "run", "train-recommendations", "--set", "depth=3")]
    [InlineData("1 to 1024", "run", "train-recommendations", "--set", "rank=many")]
    [InlineData("roll-back needs generation=VALUE", "run", "roll-back")]
    [InlineData("promote-model needs model=VALUE", "run", "promote-model")]
    [InlineData("popularity-backfill needs to=VALUE", "run", "popularity-backfill", "--set", "from=2026-11-22T10:00:00Z")]
    [InlineData("A model is named by its number, not 'abc'.", "models", "abc")]
    [InlineData("--role must be viewer, scientist, releaser, admin, not 'king'.", "operator", "add", "ada", "--role", "king")]
    [InlineData("2^53", "recommend", "0")]
    [InlineData("'anna' is no member", "recommend", "anna")]
    [InlineData("'frobnicate'", "frobnicate")]
    public async Task What_cannot_be_asked_for_ends_with_status_2_and_says_what_can(string said, params string[] arguments)
    {
        var (status, _, error) = await RunAsync(null, arguments);
        Assert.Equal(2, status);
        Assert.Contains(said, error);
    }

    [Theory]
    [InlineData("roll-back", "generation=99", "there is no generation 99")]
    [InlineData("promote-model", "model=99", "there is no model 99")]
    [InlineData("erase-member", "erasure=99", "nobody has asked for erasure 99")]
    public async Task A_wish_that_cannot_be_fulfilled_ends_with_status_1_and_says_why(string job, string setting, string said)
    {
        await using var stores = await JobStores.CreateAsync();

        var (status, output, _) = await RunAsync(stores, "run", job, "--set", setting);

        Assert.Equal(1, status);
        Assert.Contains(said, output);
    }

    [Fact]
    public async Task A_missing_address_is_named_with_its_form()
    {
        var (status, output, error) = await RunAsync(null, "recommend", "1", "--json");
        Assert.Equal((1, ""), (status, output));
        Assert.Contains("PIPELINE_MYSQL is not set: expected Server=", error);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_in_one_line()
    {
        await using var stores = await JobStores.CreateAsync();
        await using var connection = await stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync("INSERT INTO schema_version VALUES (9999, 'from_the_future', REPEAT('0', 64), UTC_TIMESTAMP(3))");

        var (status, _, error) = await RunAsync(stores, "migrate");

        Assert.Equal(1, status);
        Assert.Contains("newer than this program", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task Recommend_prints_one_document_that_says_where_the_list_is_from()
    {
        await using var stores = await JobStores.CreateAsync();
        await stores.Cache.WritePopularAsync("ALL", "24h", [7, 8], Cancelled);
        await using var connection = await stores.Database.OpenAsync(Cancelled);
        await connection.ExecuteAsync("INSERT INTO title (content_id, name_ko, name_en, genres) VALUES (7, '기생충', 'Parasite', '[]')");

        var (status, output, _) = await RunAsync(stores, "recommend", "42", "--json");

        Assert.Equal(0, status);
        var document = JsonDocument.Parse(output).RootElement;
        Assert.Equal("popularity", document.GetProperty("source").GetString());
        Assert.Contains("nothing popular in KR", document.GetProperty("fallback").GetString());
        Assert.Equal("기생충", document.GetProperty("items")[0].GetProperty("nameKo").GetString());
        Assert.Equal([7L, 8L], document.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("contentId").GetInt64()));
    }

    [Fact]
    public async Task An_interrupted_run_ends_as_cancelled()
    {
        await using var stores = await JobStores.CreateAsync();
        using var process = Start(stores, "run", "popularity");
        await WaitForAsync(process.StandardError, "counting");

        await SignalAsync(process, "INT");
        await process.WaitForExitAsync(Cancelled);

        Assert.Equal(1, process.ExitCode);
        await using var connection = await stores.Database.OpenAsync(Cancelled);
        Assert.Equal("cancelled", await connection.ExecuteScalarAsync<string>("SELECT state FROM job_run"));
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_ends_well()
    {
        await using var stores = await JobStores.CreateAsync();
        using var process = Start(stores, "work");
        await WaitForAsync(process.StandardOutput, "Application started");
        var rest = process.StandardOutput.ReadToEndAsync(Cancelled);

        await SignalAsync(process, "TERM");
        await process.WaitForExitAsync(Cancelled);

        Assert.Equal(0, process.ExitCode);
        await rest;
    }
}
