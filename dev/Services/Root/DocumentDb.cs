namespace Pipeline.Services.Root;

/// <summary>How PostgreSQL is called so that DocumentDB works in it.</summary>
internal static class DocumentDb
{
    public const string User = "postgres";
    public const string OsUser = "postgres:postgres";
    public const string Database = "postgres";

    /// <summary>What the extension needs to load at all. As background workers pg_cron's jobs (time to live) need no password.</summary>
    public static readonly string[] Settings =
    [
        "-c", "shared_preload_libraries=pg_cron,pg_documentdb_core,pg_documentdb,pg_documentdb_extended_rum",
        "-c", $"cron.database_name={Database}",
        "-c", "cron.use_background_workers=on",
    ];

    /// <summary>
    /// PostgreSQL without a network, reading statements from standard input, each ended by a semicolon and an empty line: for what must
    /// be done before anyone can log in.
    /// </summary>
    public static string[] SingleUser(string dataFolder) =>
        [Program("postgres"), "--single", "-D", dataFolder, .. Settings, "-j", Database];

    public static string Program(string name) => $"/usr/lib/postgresql/18/bin/{name}";
}
