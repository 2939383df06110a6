using Npgsql;
using Pipeline.Services.Processes;
using Pipeline.Services.Root;

namespace Pipeline.Services.Local;

/// <summary>PostgreSQL 18 with DocumentDB. What it acknowledges is on disk, because a Kafka offset is stored on its word.</summary>
/// <param name="durable">False: it is with the operating system, where a killed server's data are whole too.</param>
internal sealed class DocumentsProgram(ServicesRoot root, StateFolder state, bool durable)
    : RootedProgram(root, state, ProgramName, DocumentDb.OsUser)
{
    private const string ProgramName = "documents";

    private readonly int _port = state.Port(ProgramName, inUse: Programs.Find(state, ProgramName) is not null);

    public override int StopSignal => Signals.Interrupt; // the "fast" shutdown: open sessions are ended, everything is written

    public static string ConnectionString(StateFolder state) =>
        $"Host=127.0.0.1;Port={state.Port(ProgramName, inUse: true)};"
        + $"Username={DocumentDb.User};Password={state.Secret(ProgramName)};Database={DocumentDb.Database}";

    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await CopyTemplateAsync(Templates.Postgres, cancellationToken);
        var pidFile = Path.Combine(Folder, "data", "postmaster.pid");
        if (File.Exists(pidFile))
            await BackendsAreGoneAsync(await File.ReadAllLinesAsync(pidFile, cancellationToken), cancellationToken);
        // Left by a power cut, it names a pid that may be somebody else's by now, and PostgreSQL would refuse to start.
        File.Delete(pidFile);
        AtomicFile.Write(Path.Combine(Folder, "pgpass"), $"*:*:*:{DocumentDb.User}:{State.Secret(ProgramName)}\n");
    }

    /// <summary>
    /// Backends outlive a killed server by a moment, and the shared memory that they hold keeps a new one from starting. Whoever still
    /// lives after that moment is left to PostgreSQL's own refusal.
    /// </summary>
    /// <param name="pidFile">Line 7 is the key and the id of the shared memory block.</param>
    private static async Task BackendsAreGoneAsync(string[] pidFile, CancellationToken cancellationToken)
    {
        const int line = 6, idColumn = 1, attachedColumn = 6;
        if (pidFile.Length <= line || pidFile[line].Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [_, var id])
            return;
        for (var wait = 0; wait < 100 && File.ReadLines("/proc/sysvipc/shm").Any(IsHeld); wait++)
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);

        bool IsHeld(string block) =>
            block.Split(' ', StringSplitOptions.RemoveEmptyEntries) is var columns && columns[idColumn] == id && columns[attachedColumn] != "0";
    }

    public override async Task CheckAsync(int pid, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(State) + ";Pooling=false;Timeout=2");
        await connection.OpenAsync(cancellationToken);
    }

    protected override IReadOnlyList<string> Arguments() =>
    [
        DocumentDb.Program("postgres"), "-D", "/srv/data", .. DocumentDb.Settings,
        "-c", "listen_addresses=127.0.0.1", "-c", $"port={_port}", "-c", "unix_socket_directories=",
        "-c", "max_connections=150", "-c", "shared_buffers=256MB", "-c", "max_wal_size=1GB",
        "-c", $"fsync={(durable ? "on" : "off")}", "-c", "synchronous_commit=on", "-c", "full_page_writes=on",
        "-c", "deadlock_timeout=50ms", // racing batches must fail fast enough to be tried again; only the server can set it
        // DocumentDB connects back to its own server to make a collection outside the caller's transaction.
        "-c", "documentdb.localhost_connection_string=host=127.0.0.1 passfile=/srv/pgpass",
        "-c", "documentdb.defaultCursorExpiryTimeLimitSeconds=600", // MongoDB's 10 minutes; the gateway closes idle cursors then
        "-c", "cron.log_run=off", "-c", "cron.log_statement=off",
    ];

    protected override async Task FinishTemplateAsync(string data, CancellationToken cancellationToken)
    {
        var command = Enter(DocumentDb.SingleUser($"/srv/{Path.GetFileName(data)}"));
        var setPassword = $"ALTER USER {DocumentDb.User} PASSWORD '{State.Secret(ProgramName)}';\n\n";
        var result = await Shell.RunAsync(command[0], command.Skip(1), cancellationToken, input: setPassword);
        if (!result.Ok || result.Tail.Contains("ERROR:", StringComparison.Ordinal))
            throw new ServerException($"cannot set the password of PostgreSQL; it said:\n{result.Tail}");
    }
}
