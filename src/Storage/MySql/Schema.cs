using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace Pipeline.Storage.MySql;

/// <summary>One numbered file of the schema.</summary>
/// <param name="Checksum">SHA-256 of the file, in hexadecimal.</param>
public sealed record Migration(int Version, string Name, string Sql, string Checksum)
{
    /// <param name="fileName">Such as <c>V0001__title.sql</c>.</param>
    public static Migration Parse(string fileName, string sql)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        string[] parts = Path.GetFileNameWithoutExtension(fileName).Split("__", 2);
        if (parts.Length != 2 || parts[0].Length != 5 || parts[0][0] != 'V' || !int.TryParse(parts[0].AsSpan(1), NumberStyles.None, null, out int version))
            throw new FormatException($"{fileName}: a migration is called V0001__name.sql");
        return new Migration(version, parts[1], sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }
}

/// <summary>A step that the database has taken.</summary>
/// <param name="At">UTC.</param>
public sealed record AppliedMigration(int Version, string Name, DateTime At);

/// <summary>The database's schema and this program's do not fit together; the message says how and what to do.</summary>
public sealed class SchemaException(string message) : Exception(message);

/// <summary>
/// Brings the database forward, one numbered statement at a time. MySQL commits every DDL statement by itself, so each file holds one
/// guarded statement: a migration that died halfway is simply run again. Processes that start together wait for one another.
/// </summary>
public sealed class Schema(Database database, IReadOnlyList<Migration> migrations, ILogger<Schema> log)
{
    private const string Folder = "MySql/Migrations/";
    private const int WaitForOthersSeconds = 120;

    private static readonly string CreateVersions = EmbeddedText.Load("MySql/Schema/create_versions.sql");
    private static readonly string Applied = EmbeddedText.Load("MySql/Schema/applied.sql");
    private static readonly string AppliedTimes = EmbeddedText.Load("MySql/Schema/applied_times.sql");
    private static readonly string Record = EmbeddedText.Load("MySql/Schema/record.sql");
    private static readonly string Lock = EmbeddedText.Load("MySql/Schema/lock.sql");
    private static readonly string Unlock = EmbeddedText.Load("MySql/Schema/unlock.sql");

    /// <summary>The files of this build.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } =
        [.. EmbeddedText.Names(Folder).Select(name => Migration.Parse(name[Folder.Length..], EmbeddedText.Load(name)))];

    /// <summary>Applies what is missing, and returns how many migrations that were.</summary>
    /// <exception cref="SchemaException">The database is newer than this program, or a file was changed after it was applied.</exception>
    public Task<int> MigrateAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            // The lock is the session's: a process that dies gives it up.
            if (await connection.ExecuteScalarAsync<int?>(Lock, new { seconds = WaitForOthersSeconds }, commandTimeout: WaitForOthersSeconds + 30) != 1)
                throw new SchemaException($"another process has been changing the schema of '{database.Name}' for {WaitForOthersSeconds} s: try again when it is done");
            try
            {
                await connection.ExecuteAsync(CreateVersions);
                int done = await CheckAsync(connection);
                foreach (var migration in migrations.Skip(done))
                    await ApplyAsync(connection, migration, cancellationToken);
                return migrations.Count - done;
            }
            finally
            {
                // On a broken connection the lock is gone with the session, and the first error is the one to report.
                if (connection.State == System.Data.ConnectionState.Open)
                    await connection.ExecuteAsync(Unlock);
            }
        }, cancellationToken);

    /// <summary>What the database has taken, in its order; of a newer program too.</summary>
    public Task<IReadOnlyList<AppliedMigration>> AppliedAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<AppliedMigration>>(
            async connection => [.. (await connection.QueryAsync<(int, string, DateTime)>(AppliedTimes)).Select(row => new AppliedMigration(row.Item1, row.Item2, row.Item3))], cancellationToken);

    private async Task ApplyAsync(MySqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        log.LogInformation("Schema of {Database}: applying {Version} {Name}", database.Name, migration.Version, migration.Name);
        await connection.ExecuteAsync(new CommandDefinition(migration.Sql, commandTimeout: 0, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(Record, new { migration.Version, migration.Name, migration.Checksum });
    }

    /// <summary>How many of our migrations the database has, after making sure that they are ours.</summary>
    private async Task<int> CheckAsync(MySqlConnection connection)
    {
        var applied = (await connection.QueryAsync<(int Version, string Name, string Checksum)>(Applied)).AsList();
        for (int i = 0; i < applied.Count; i++)
        {
            var (version, name, checksum) = applied[i];
            if (i >= migrations.Count)
                throw new SchemaException(
                    $"the schema of '{database.Name}' is newer than this program: it is at version {applied[^1].Version} ({applied[^1].Name}), "
                    + $"this program knows up to {migrations[^1].Version}. Start a newer program; nothing was changed.");
            if (migrations[i].Version != version || migrations[i].Checksum != checksum)
                throw new SchemaException(
                    $"the schema of '{database.Name}' has version {version} ({name}) from a file with another content than this program's: "
                    + "applied migrations are never edited. Restore the file and add a new one; nothing was changed.");
        }
        return applied.Count;
    }
}
