using MySqlConnector;
using Pipeline.Servers;

namespace Pipeline.JobStorage.Tests.Servers;

public enum Flavour { MySql, MariaDb }

/// <summary>Fresh databases on both kinds of server.</summary>
internal static class Databases
{
    /// <summary>Connection string with a database of its own. Skips the test where the server is not installed.</summary>
    public static async Task<string> CreateAsync(Flavour flavour)
    {
        if (flavour == Flavour.MySql)
            return await TestServers.MySqlAsync();
        RequireMariaDb();
        return await CreateAsync((await MariaDb.SharedAsync()).Address);
    }

    /// <summary>Skips the test where MariaDB is not installed.</summary>
    public static void RequireMariaDb() =>
        Assert.SkipUnless(MariaDb.IsInstalled, "MariaDB is not installed: apt-get install mariadb-server-core mariadb-client-core");

    /// <summary>A fresh database on a server.</summary>
    public static async Task<string> CreateAsync(string server)
    {
        var builder = new MySqlConnectionStringBuilder(server);
        string fresh = TestServers.FreshName();
        await ExecuteAsync(builder.ConnectionString, $"CREATE DATABASE `{fresh}`");
        builder.Database = fresh;
        return builder.ConnectionString;
    }

    public static async Task ExecuteAsync(string address, string sql)
    {
        await using var connection = new MySqlConnection(address);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> ScalarAsync<T>(string address, string sql)
    {
        await using var connection = new MySqlConnection(address);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        return (T)Convert.ChangeType((await command.ExecuteScalarAsync())!, typeof(T));
    }
}
