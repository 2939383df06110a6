using System.Text.RegularExpressions;
using MySqlConnector;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Tests.Servers;

namespace Pipeline.JobStorage.Tests.Plans;

/// <summary>How the server executes the statements that must not slow down with history: fetch, heartbeat, locks, expiry, counters.</summary>
[Trait("speed", "server")]
public abstract partial class PlanSuite(Flavour flavour)
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["queue"] = "'default'", ["owner"] = "'nobody'", ["lease"] = "60", ["entry"] = "17", ["resource"] = "'r17'", ["ticket"] = "17", ["count"] = "100",
        ["key"] = "'counter-17'", ["value"] = "1", ["expireAt"] = "NULL", ["patience"] = "15", ["id"] = "'17'",
        ["from"] = "'1000-01-01'", ["alive"] = "1", ["gap"] = "15", ["grace"] = "18", ["calm"] = "1", ["job"] = "17", ["held"] = "17", ["mine"] = "'r17'", ["fence"] = "1", ["rescues"] = "0",
        ["name"] = "'p'", ["data"] = "''", ["expireIn"] = "60", ["reason"] = "''", ["silence"] = "60", ["queues"] = "''", ["workers"] = "1",
    };

    /// <summary>Statements that may go through all of a table: of those that hold what is there now, and no history. The counters are taken from one end.</summary>
    private static readonly string[] ReadWhole =
        ["Servers/all.sql", "Servers/remove_silent.sql", "Locks/expire_holders.sql", "Queues/ages.sql", "Maintenance/take_counters.sql"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_statement_of_the_fetch_and_expiry_paths_uses_an_index()
    {
        string address = await FilledAsync();
        var statements = new Statements("hangfire_");
        string[] paths = [.. statements.Paths.Where(path => path.Split('/')[0] is "Queues" or "Locks" or "Maintenance" or "Jobs" or "Servers")];
        Assert.True(paths.Length > 20);
        foreach (string path in paths)
        {
            foreach (string statement in statements[path].Split(';').Select(Explainable).OfType<string>())
                await ExplainAsync(address, path, statement);
        }
    }

    [Fact]
    public async Task A_fetch_reads_a_handful_of_rows_however_long_the_history()
    {
        string address = await FilledAsync();
        await using var connection = new MySqlConnection(address + ";AllowUserVariables=true");
        await connection.OpenAsync(Cancelled);
        // Opening a table for the first time reads the server's own tables.
        await FetchAsync();
        long before = await ReadsAsync(connection);
        await FetchAsync();
        long after = await ReadsAsync(connection);
        // Asking for the count reads rows too: by how many, two askings in a row tell.
        long asking = await ReadsAsync(connection) - after;
        Assert.InRange(after - before - asking, 1, 20);

        async Task FetchAsync()
        {
            await using var command = new MySqlCommand(new Statements("hangfire_")["Queues/take.sql"], connection);
            foreach (var (name, value) in ((string, object)[])[
                ("queue", "default"), ("owner", "me"), ("lease", 60), ("alive", 1), ("gap", 15), ("grace", 18), ("from", new DateTime(1000, 1, 1))])
                command.Parameters.AddWithValue(name, value);
            await command.ExecuteNonQueryAsync(Cancelled);
        }
    }

    /// <summary>A statement that can be explained, with values in it; null for one that reads no table.</summary>
    private static string? Explainable(string statement)
    {
        string text = Comment().Replace(statement, "").Trim();
        if (!Explained().IsMatch(text))
            return null;
        text = Into().Replace(text, "").Replace("{ids}", "1, 2, 3", StringComparison.Ordinal);
        return Parameter().Replace(text, match => Values[match.Groups[1].Value]);
    }

    private async Task ExplainAsync(string address, string path, string statement)
    {
        await using var connection = new MySqlConnection(address);
        await connection.OpenAsync(Cancelled);
        await using var command = new MySqlCommand($"EXPLAIN {(flavour == Flavour.MySql ? "FORMAT = TRADITIONAL " : "")}{statement}", connection);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        bool inserts = statement.StartsWith("INSERT", StringComparison.Ordinal);
        for (bool first = true; await reader.ReadAsync(Cancelled); first = false)
        {
            string? table = reader["table"] as string, key = reader["key"] as string;
            // A row of no table, or the one that is inserted into.
            if (table is null || (inserts && first))
                continue;
            string type = reader["type"] as string ?? "";
            // "index" is all of an index, from one end to the other.
            Assert.True(
                ReadWhole.Contains(path) || (key is not null && type is not ("ALL" or "index")), $"{path}: {table} is read by {type} of {key ?? "no index"} in\n{statement}");
        }
    }

    private static async Task<long> ReadsAsync(MySqlConnection connection)
    {
        await using var command = new MySqlCommand("SHOW SESSION STATUS LIKE 'Handler_read%'", connection);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        long reads = 0;
        while (await reader.ReadAsync(Cancelled))
            reads += long.Parse(reader.GetString(1));
        return reads;
    }

    /// <summary>A database with history: finished jobs that expire at different times, entries that others hold, some that wait.</summary>
    private async Task<string> FilledAsync()
    {
        string address = await Databases.CreateAsync(flavour);
        using (var storage = new MySqlJobStorage(address))
            storage.Migrate();
        const string Numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)";
        const string At = "UTC_TIMESTAMP(6) + INTERVAL i - 50 MINUTE";
        await Databases.ExecuteAsync(address, $"""
            INSERT INTO hangfire_job (id, invocation_data, created_at, expire_at, state_id, state_name) {Numbers} SELECT i, '', UTC_TIMESTAMP(6), {At}, i, 'Succeeded' FROM n;
            INSERT INTO hangfire_job_state (job_id, name, created_at, data) {Numbers} SELECT i, 'Succeeded', UTC_TIMESTAMP(6), '' FROM n;
            INSERT INTO hangfire_job_parameter (job_id, name, value) {Numbers} SELECT i, 'p', '' FROM n;
            INSERT INTO hangfire_server {Numbers} SELECT i, '', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM n WHERE i < 50;
            INSERT INTO hangfire_queue_entry (queue, job_id, available_at, owner)
              {Numbers} SELECT IF(i % 3 = 0, 'default', 'other'), i, UTC_TIMESTAMP(6) + INTERVAL i - 100 SECOND, IF(i < 100, NULL, 'x') FROM n;
            INSERT INTO hangfire_set_member (set_name, value, score, expire_at) {Numbers} SELECT 's', i, i, {At} FROM n;
            INSERT INTO hangfire_hash_field (hash_name, field, value, expire_at) {Numbers} SELECT 'h', i, i, {At} FROM n;
            INSERT INTO hangfire_list_item (list_name, value, expire_at) {Numbers} SELECT 'l', i, {At} FROM n;
            INSERT INTO hangfire_counter (name, value) {Numbers} SELECT CONCAT('counter-', i % 20), 1 FROM n;
            INSERT INTO hangfire_counter_total (name, value, expire_at) {Numbers} SELECT CONCAT('counter-', i), 1, {At} FROM n;
            INSERT INTO hangfire_lock_holder {Numbers} SELECT CONCAT('r', i), 'x', UTC_TIMESTAMP(6) FROM n;
            INSERT INTO hangfire_lock_waiter (resource, owner, expires_at) {Numbers} SELECT CONCAT('r', i % 50), 'x', {At} FROM n;
            ANALYZE TABLE hangfire_job, hangfire_job_state, hangfire_job_parameter, hangfire_queue_entry, hangfire_set_member, hangfire_hash_field,
              hangfire_list_item, hangfire_server, hangfire_counter, hangfire_counter_total, hangfire_lock_holder, hangfire_lock_waiter;
            """);
        return address;
    }

    [GeneratedRegex("--.*")]
    private static partial Regex Comment();

    [GeneratedRegex("^(SELECT (?!@)|INSERT|UPDATE|DELETE)")]
    private static partial Regex Explained();

    [GeneratedRegex("INTO @[a-z]+(, @[a-z]+)*")]
    private static partial Regex Into();

    [GeneratedRegex("@([A-Za-z]+)")]
    private static partial Regex Parameter();
}

public sealed class PlansOnMySql() : PlanSuite(Flavour.MySql);

public sealed class PlansOnMariaDb() : PlanSuite(Flavour.MariaDb);
