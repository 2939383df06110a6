using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Schema;

/// <summary>
/// Brings the tables forward, one numbered statement at a time. The server commits every change of a table by itself, so each file holds
/// one guarded statement: a step that died halfway is simply run again. Processes that start together wait for one another.
/// </summary>
internal sealed class Installer(Database database, ILogger log)
{
    private const string Folder = "Schema/V";
    private const int WaitForOthersSeconds = 120;

    /// <summary>Not padded: two keys that differ in a space at their end are two keys.</summary>
    private const string MySqlCollation = "utf8mb4_0900_bin";
    private const string MariaDbCollation = "utf8mb4_nopad_bin";

    private sealed record Step(int Version, string Name, string Sql, string Checksum);

    private Step[] Steps { get; } =
    [
        .. database.Sql.Paths.Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && char.IsAsciiDigit(path[Folder.Length])).Select(path =>
        {
            string[] parts = Path.GetFileNameWithoutExtension(path).Split("__", 2);
            string sql = database.Sql[path];
            return new Step(
                int.Parse(parts[0].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture), parts[1], sql,
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        }),
    ];

    /// <summary>Applies what is missing, and returns how many steps that were.</summary>
    /// <exception cref="SchemaException">The tables are newer than this library, a step was edited, or the server is too old.</exception>
    public int Install() => database.Repeat(connection =>
    {
        bool mariaDb = RequireServer(connection);
        // Nearly always there is nothing to do, and then there is no lock to wait for.
        if (IsInstalled(connection) && Done(connection) == Steps.Length)
            return 0;
        Lock(connection);
        try
        {
            Execute(connection, "Schema/Versions/create.sql");
            int done = Done(connection);
            foreach (var step in Steps.Skip(done))
                Apply(connection, step, mariaDb);
            return Steps.Length - done;
        }
        finally
        {
            // On a broken connection the lock is gone with the session, and the first error is the one to report.
            if (connection.State == System.Data.ConnectionState.Open)
                Execute(connection, "Schema/Versions/unlock.sql");
        }
    });

    /// <summary>Makes sure that the tables are there and are this library's.</summary>
    /// <exception cref="SchemaException">They are not.</exception>
    public void Verify() => database.Repeat(connection =>
    {
        RequireServer(connection);
        int done = IsInstalled(connection) ? Done(connection) : 0;
        return done == Steps.Length ? done : throw new SchemaException(
            $"the tables in {database.Place} are at version {done}, this library needs {Steps.Length}: bring them forward with an account that may");
    });

    private static bool RequireServer(MySqlConnection connection)
    {
        bool mariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        using var command = new MySqlCommand("SELECT VERSION()", connection);
        string text = (string)command.ExecuteScalar()!;
        var version = Version.Parse(new string([.. text.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.')]));
        if (version < (mariaDb ? new Version(10, 6) : new Version(8, 0, 1)))
            throw new SchemaException($"the server says that it is {text}: this storage needs MySQL 8.0 or MariaDB 10.6, which can skip locked rows");
        return mariaDb;
    }

    private void Lock(MySqlConnection connection)
    {
        using var command = database.Command(connection, "Schema/Versions/lock.sql", [new("seconds", WaitForOthersSeconds)]);
        command.CommandTimeout = WaitForOthersSeconds + 30;
        if (Convert.ToInt32(command.ExecuteScalar() is { } taken and not DBNull ? taken : 0) != 1)
            throw new SchemaException($"another process has been changing the tables in {database.Place} for {WaitForOthersSeconds} s: try again when it is done");
    }

    private void Apply(MySqlConnection connection, Step step, bool mariaDb)
    {
        JobStorageLog.Migrating(log, database.Place, step.Version, step.Name);
        using (var change = new MySqlCommand(step.Sql.Replace("{bin}", mariaDb ? MariaDbCollation : MySqlCollation, StringComparison.Ordinal), connection))
        {
            change.CommandTimeout = 0;
            change.ExecuteNonQuery();
        }
        Execute(connection, "Schema/Versions/record.sql", new("version", step.Version), new("name", step.Name), new("checksum", step.Checksum));
    }

    private bool IsInstalled(MySqlConnection connection)
    {
        using var command = database.Command(connection, "Schema/Versions/exists.sql", []);
        return Convert.ToInt64(command.ExecuteScalar()) > 0;
    }

    /// <summary>How many of our steps the database has, after making sure that they are ours.</summary>
    private int Done(MySqlConnection connection)
    {
        using var command = database.Command(connection, "Schema/Versions/applied.sql", []);
        using var reader = command.ExecuteReader();
        int done = 0;
        while (reader.Read())
        {
            int version = reader.GetInt32(0);
            if (done >= Steps.Length)
                throw new SchemaException(
                    $"the tables in {database.Place} are newer than this library: they are at version {version} ({reader.GetString(1)}), "
                    + $"it knows up to {Steps[^1].Version}. Start a newer program; nothing was changed.");
            if (Steps[done].Version != version || Steps[done].Checksum != reader.GetString(2))
                throw new SchemaException(
                    $"the tables in {database.Place} have version {version} ({reader.GetString(1)}) from a file with another content than this "
                    + "library's: applied steps are never edited. Nothing was changed.");
            done++;
        }
        return done;
    }

    private void Execute(MySqlConnection connection, string path, params ReadOnlySpan<Value> values)
    {
        using var command = database.Command(connection, path, values);
        command.ExecuteNonQuery();
    }
}
