using System.Runtime.Versioning;
using Pipeline.Storage;

namespace Pipeline.Compose.Tests;

/// <summary>The script that makes what docker-compose.yml reads from .run/secrets.</summary>
[Trait("speed", "fast")]
[UnsupportedOSPlatform("windows")]
public sealed class SecretsTests : IDisposable
{
    private readonly MadeSecrets _secrets = new();

    public void Dispose() => _secrets.Dispose();

    [Fact]
    public async Task It_makes_every_secret_of_the_compose_file()
    {
        var made = await MakeAsync();

        Assert.Superset(ComposeFile.Current.Secrets.Keys.ToHashSet(), made.Keys.ToHashSet());
    }

    [Fact]
    public async Task What_exists_is_kept()
    {
        var first = await MakeAsync();
        File.Delete(Path.Combine(_secrets.Folder, "dashboard_key"));
        var second = await MakeAsync();

        Assert.NotEqual(first["dashboard_key"], second["dashboard_key"]);
        first["dashboard_key"] = second["dashboard_key"];
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Every_password_is_another_and_long()
    {
        string[] passwords = [.. (await MakeAsync()).Where(file => file.Key.EndsWith("_password", StringComparison.Ordinal) || file.Key == "dashboard_key").Select(file => file.Value)];

        Assert.Equal(passwords.Length, passwords.Distinct().Count());
        Assert.All(passwords, password => Assert.Matches("^[0-9a-f]{64}$", password));
    }

    [Fact]
    public async Task Only_the_owner_can_enter_the_folder()
    {
        await MakeAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_secrets.Folder));
    }

    [Fact]
    public async Task The_addresses_are_ones_that_the_workers_accept()
    {
        var made = await MakeAsync();

        var addresses = new Addresses(mongo: made["pipeline_mongo"], mySql: made["pipeline_mysql"], redis: made["pipeline_redis"]);

        Assert.Equal("mongo mongo:27017/coupang_play; mysql mysql:3306/coupang_play; redis Unspecified/redis:6379", addresses.ToString());
    }

    private Task<Dictionary<string, string>> MakeAsync() => _secrets.MakeAsync(TestContext.Current.CancellationToken);
}
