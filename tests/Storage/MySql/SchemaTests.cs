using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Servers;
using Pipeline.Storage.MySql;

namespace Pipeline.Storage.Tests.MySql;

[Trait("speed", "server")]
public sealed class SchemaTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static async Task<Database> EmptyDatabaseAsync() => Open(await TestServers.MySqlAsync());

    private static Database Open(string connectionString) => new(connectionString, TimeProvider.System, NullLogger<Database>.Instance);

    private static Schema SchemaOf(Database database, IReadOnlyList<Migration>? migrations = null) =>
        new(database, migrations ?? Schema.Embedded, NullLogger<Schema>.Instance);

    [Fact]
    public async Task An_empty_database_gets_every_table_and_a_second_run_changes_nothing()
    {
        await using var database = await EmptyDatabaseAsync();

        Assert.Equal(Schema.Embedded.Count, await SchemaOf(database).MigrateAsync(Cancelled));
        Assert.Equal(0, await SchemaOf(database).MigrateAsync(Cancelled));

        await using var connection = await database.OpenAsync(Cancelled);
        var tables = await connection.QueryAsync<string>("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
        var created = Schema.Embedded.Select(migration => Regex.Match(migration.Sql, @"^CREATE TABLE IF NOT EXISTS (?<name>\w+) \($", RegexOptions.Multiline).Groups["name"].Value).Where(name => name.Length > 0);
        Assert.Equal(created.Append("schema_version").Order(StringComparer.Ordinal), tables.Order(StringComparer.Ordinal));
        Assert.Superset(new HashSet<string> { "job_run", "model", "recommendation", "serving_pointer", "title" }, tables.ToHashSet());
    }

    [Fact]
    public async Task Ten_processes_that_start_together_apply_each_migration_once()
    {
        string connectionString = await TestServers.MySqlAsync();
        var databases = Enumerable.Range(0, 10).Select(_ => Open(connectionString)).ToArray();

        int[] applied = await Task.WhenAll(databases.Select(database => SchemaOf(database).MigrateAsync(Cancelled)));

        Assert.Equal(Schema.Embedded.Count, applied.Sum());
        Assert.Single(applied, count => count > 0);
        foreach (var database in databases)
            await database.DisposeAsync();
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        await using var database = await EmptyDatabaseAsync();
        await SchemaOf(database).MigrateAsync(Cancelled);
        var older = Schema.Embedded.SkipLast(1).ToArray();

        var refused = await Assert.ThrowsAsync<SchemaException>(() => SchemaOf(database, older).MigrateAsync(Cancelled));

        Assert.Contains("newer than this program", refused.Message);
        Assert.Contains($"knows up to {older[^1].Version}", refused.Message);
    }

    [Fact]
    public async Task A_file_changed_after_it_was_applied_is_refused()
    {
        await using var database = await EmptyDatabaseAsync();
        await SchemaOf(database).MigrateAsync(Cancelled);
        var first = Schema.Embedded[0];
        var changed = Migration.Parse($"V{first.Version:0000}__{first.Name}.sql", first.Sql + " ");

        var refused = await Assert.ThrowsAsync<SchemaException>(() => SchemaOf(database, [changed, .. Schema.Embedded.Skip(1)]).MigrateAsync(Cancelled));

        Assert.Contains("never edited", refused.Message);
    }

    [Fact]
    public async Task A_migration_that_died_before_it_was_recorded_runs_again()
    {
        await using var database = await EmptyDatabaseAsync();
        await using (var connection = await database.OpenAsync(Cancelled))
            await connection.ExecuteAsync(Schema.Embedded[0].Sql);

        Assert.Equal(Schema.Embedded.Count, await SchemaOf(database).MigrateAsync(Cancelled));
    }

    [Fact]
    public void Migrations_are_numbered_without_gaps_and_hold_one_guarded_statement_each()
    {
        Assert.Equal(Enumerable.Range(1, Schema.Embedded.Count), Schema.Embedded.Select(migration => migration.Version));
        Assert.All(Schema.Embedded, migration =>
        {
            Assert.Single(migration.Sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            Assert.Matches("CREATE TABLE IF NOT EXISTS|INSERT IGNORE", migration.Sql);
        });
    }

    [Theory]
    [InlineData("1__title.sql")]
    [InlineData("V0001_title.sql")]
    [InlineData("V00x1__title.sql")]
    public void A_file_with_another_name_is_refused(string fileName) => Assert.Throws<FormatException>(() => Migration.Parse(fileName, ""));
}
