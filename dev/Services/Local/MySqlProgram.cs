using MySqlConnector;
using Pipeline.Services.Processes;
using Pipeline.Services.Root;

namespace Pipeline.Services.Local;

/// <summary>MySQL 9.7, or MariaDB where the root has that.</summary>
/// <param name="durable">Whether what it acknowledges is on disk, and not only with the operating system, where a killed server's data are whole too.</param>
internal sealed class MySqlProgram(ServicesRoot root, StateFolder state, bool durable) : RootedProgram(root, state, "mysql", "mysql:mysql")
{
    private readonly int _port = state.Port("mysql", inUse: Programs.Find(state, "mysql") is not null);

    public string ConnectionString =>
        $"Server=127.0.0.1;Port={_port};"
        + $"User ID={ServerAddresses.User};Password={State.Secret("mysql")};Database={ServerAddresses.Database}";

    public override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await CopyTemplateAsync(Templates.MySql, cancellationToken);
        // Left by a power cut, it names a pid that may be somebody else's by now, and MySQL would refuse to start. Two servers on one
        // data folder are kept apart by InnoDB's own lock.
        File.Delete(Path.Combine(Folder, "mysql.sock.lock"));
        // Run by the server at every start, before it accepts connections: passwords always are those of the secrets folder.
        AtomicFile.Write(Path.Combine(Folder, "init.sql"), $"""
            ALTER USER 'root'@'localhost' IDENTIFIED BY '{State.Secret("mysql-root")}';
            CREATE DATABASE IF NOT EXISTS {ServerAddresses.Database};
            CREATE USER IF NOT EXISTS '{ServerAddresses.User}'@'%' IDENTIFIED BY '{State.Secret("mysql")}';
            ALTER USER '{ServerAddresses.User}'@'%' IDENTIFIED BY '{State.Secret("mysql")}';
            GRANT ALL ON `{ServerAddresses.Database}`.* TO '{ServerAddresses.User}'@'%';
            GRANT ALL ON `test\_%`.* TO '{ServerAddresses.User}'@'%';

            """);
    }

    public override async Task CheckAsync(int pid, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(ConnectionString + ";Pooling=false;Connection Timeout=2");
        await connection.OpenAsync(cancellationToken);
    }

    protected override IReadOnlyList<string> Arguments()
    {
        string[] both =
        [
            "--no-defaults", "--datadir=/srv/data", "--socket=/srv/mysql.sock", "--pid-file=/srv/mysqld.pid", "--init-file=/srv/init.sql",
            "--bind-address=127.0.0.1", $"--port={_port}", "--skip-name-resolve", "--max-connections=200", "--local-infile=ON",
            "--character-set-server=utf8mb4", "--default-time-zone=+00:00", "--skip-log-bin", "--performance-schema=OFF",
            "--innodb-buffer-pool-size=256M",
            .. durable ? (string[])["--innodb-flush-log-at-trx-commit=1"] : ["--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync"],
        ];
        return Root.Stamp.Sql == SqlFlavour.MySql
            ? ["mysqld", .. both, "--mysqlx=OFF", "--secure-file-priv=NULL", "--innodb-redo-log-capacity=256M"]
            : ["mariadbd", .. both];
    }
}
