using Pipeline.Services.Processes;

namespace Pipeline.Services.Root;

/// <summary>
/// Fresh data folders, made once so that an instance starts by copying one. They hold no password and no certificate: each instance
/// gets its own.
/// </summary>
internal static class Templates
{
    public const string MySql = "mysql";
    public const string Postgres = "postgres";

    public static async Task MakeAsync(ServicesRoot root, SqlFlavour sql, CancellationToken cancellationToken)
    {
        await MakeSqlAsync(root, sql, cancellationToken);
        await MakePostgresAsync(root, cancellationToken);
    }

    private static async Task MakeSqlAsync(ServicesRoot root, SqlFlavour sql, CancellationToken cancellationToken)
    {
        string[] make = sql == SqlFlavour.MySql
            ? ["mysqld", "--no-defaults", "--datadir=/srv/data", "--initialize-insecure", "--secure-file-priv=NULL",
                "--innodb-redo-log-capacity=64M"]
            : ["mariadb-install-db", "--no-defaults", "--datadir=/srv/data", "--auth-root-authentication-method=normal", "--skip-test-db"];
        var data = await RunInAsync(root, MySql, "mysql:mysql", make, input: null, cancellationToken);
        foreach (var ownToAnInstance in Directory.EnumerateFiles(data, "*.pem").Append(Path.Combine(data, "auto.cnf")))
            File.Delete(ownToAnInstance);
    }

    private static async Task MakePostgresAsync(ServicesRoot root, CancellationToken cancellationToken)
    {
        // The local method is unused (no socket is opened); with scram and no password yet, nobody can log in before the instance sets one.
        string[] make =
        [
            DocumentDb.Program("initdb"), "-D", "/srv/data", "-U", DocumentDb.User, "-E", "UTF8", "--locale=C.UTF-8",
            "--auth-host=scram-sha-256", "--auth-local=reject",
        ];
        await RunInAsync(root, Postgres, DocumentDb.OsUser, make, input: null, cancellationToken);
        var extend = DocumentDb.SingleUser("/srv/data");
        await RunInAsync(root, Postgres, DocumentDb.OsUser, extend, "CREATE EXTENSION documentdb CASCADE;\n\n", cancellationToken);
    }

    private static async Task<string> RunInAsync(
        ServicesRoot root, string server, string user, string[] command, string? input, CancellationToken cancellationToken)
    {
        var folder = root.Template(server);
        Directory.CreateDirectory(folder);
        var result = await Shell.RunAsync(
            "/bin/sh", [Shell.Script("enter-root.sh"), root.Tree, folder, user, .. command], cancellationToken, input: input);
        if (!result.Ok || result.Tail.Contains("ERROR:", StringComparison.Ordinal))
            throw new ServerException($"{command[0]} could not make a data folder; it said:\n{result.Tail}");
        return Path.Combine(folder, "data");
    }
}
