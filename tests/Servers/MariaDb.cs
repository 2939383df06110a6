using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MySqlConnector;

namespace Pipeline.Servers;

/// <summary>MariaDB of this machine's own release, on loopback with a folder that goes with it. It ends when this process does, however it ends.</summary>
public sealed class MariaDb : IAsyncDisposable
{
    private const string Program = "/usr/sbin/mariadbd";
    private const string Installer = "/usr/bin/mariadb-install-db";
    private const string InstallersHelper = "/usr/bin/my_print_defaults";

    /// <summary>
    /// Starts the server or kills it as it is told, line by line. The shell holds the pipe from this process: at its end, of whichever
    /// kind, the server is killed and its folder removed.
    /// </summary>
    private const string Guard = """
        exec 2>/dev/null
        folder=$1
        shift
        while read -r order; do
          if [ "$order" = start ]; then
            "$@" >>"$folder/log" 2>&1 &
            server=$!
          else
            kill -KILL $server
            wait $server
            echo killed
          fi
        done
        kill -KILL $server
        wait $server
        rm -rf "$folder"
        """;

    private static readonly Lazy<Task<MariaDb>> Shared = new(StartAsync);

    private readonly string _folder;
    private readonly Process _guard;

    private MariaDb(string folder, string address, Process guard) => (_folder, Address, _guard) = (folder, address, guard);

    /// <summary>Connection string of a user who may make databases.</summary>
    public string Address { get; }

    public static bool IsInstalled => File.Exists(Program) && File.Exists(Installer) && File.Exists(InstallersHelper);

    /// <summary>The one that all tests of the process share.</summary>
    public static Task<MariaDb> SharedAsync() => Shared.Value;

    /// <summary>One of the caller's own, for tests that kill it.</summary>
    public static async Task<MariaDb> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("mariadb-").FullName, data = Path.Combine(folder, "data");
        string password = RandomNumberGenerator.GetHexString(24, lowercase: true);
        using (var install = Process.Start(new ProcessStartInfo(
            Installer, ["--no-defaults", $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", $"--user={Environment.UserName}"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!)
        {
            var said = Task.WhenAll(install.StandardOutput.ReadToEndAsync(), install.StandardError.ReadToEndAsync());
            await install.WaitForExitAsync();
            if (install.ExitCode != 0)
                throw new InvalidOperationException(string.Join('\n', await said));
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "init.sql"), $"CREATE USER IF NOT EXISTS 'test'@'%' IDENTIFIED BY '{password}';\nGRANT ALL ON *.* TO 'test'@'%';\n");
        int port = FreePort();
        var guard = Process.Start(new ProcessStartInfo("/bin/sh",
        [
            "-c", Guard, "sh", folder, Program, "--no-defaults", $"--user={Environment.UserName}", $"--datadir={data}", $"--socket={folder}/socket",
            $"--pid-file={folder}/pid", $"--init-file={folder}/init.sql", "--bind-address=127.0.0.1", $"--port={port}", "--skip-name-resolve",
            "--max-connections=200", "--character-set-server=utf8mb4", "--default-time-zone=+00:00", "--skip-log-bin", "--innodb-buffer-pool-size=256M",
            // Its data are whole after a kill without the disk: what was written is with the operating system.
            "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--debug-no-sync",
        ]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        string address = string.Create(CultureInfo.InvariantCulture, $"Server=127.0.0.1;Port={port};User ID=test;Password={password}");
        var server = new MariaDb(folder, address, guard);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>SIGKILL: what a power cut does.</summary>
    public async Task KillAsync()
    {
        await OrderAsync("kill");
        if (await _guard.StandardOutput.ReadLineAsync() != "killed")
            throw new InvalidOperationException("MariaDB's guard has ended");
    }

    /// <summary>Starts what does not run, at the same address, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        await OrderAsync("start");
        await AnswerAsync(Address, Path.Combine(_folder, "log"));
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }

    private async Task OrderAsync(string order)
    {
        await _guard.StandardInput.WriteLineAsync(order);
        await _guard.StandardInput.FlushAsync();
    }

    private static async Task AnswerAsync(string address, string log)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new MySqlConnection(address + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (MySqlException) when (patience.Elapsed < TimeSpan.FromMinutes(3))
            {
                await Task.Delay(100);
            }
            catch (MySqlException error)
            {
                throw new InvalidOperationException($"MariaDB does not start:\n{(File.Exists(log) ? await File.ReadAllTextAsync(log) : "")}", error);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
