using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Local;

/// <summary>
/// The files of one instance. Ports and passwords are chosen once and kept, so addresses stay the same from one start to the next.
/// </summary>
internal sealed class StateFolder
{
    /// <summary>What a client of the Kafka stand-in's fault injection must know.</summary>
    public const string KafkaControlSecret = "kafka-control";

    private const int LowestPort = 20_000;
    private const int PastHighestPort = 32_000; // below the range that the kernel takes outgoing ports from
    private const string PasswordLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public StateFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        foreach (var part in (string[])["", "data", "logs", "pids", "secrets"])
            Directory.CreateDirectory(In(part));
        File.SetUnixFileMode(In("secrets"), OwnerOnly);
        File.SetUnixFileMode(In("data"), OwnerOnly);
    }

    public string Path { get; }

    /// <summary>Held while servers are started.</summary>
    public string LockFile => In("lock");

    /// <summary>Held by the commands up and down from their first step to their last.</summary>
    public string CommandLockFile => In("command.lock");

    /// <summary>Where the servers came from, while they are up.</summary>
    public string FoundFile => In("servers.json");

    /// <summary>The settings of the workers, as lines of NAME=value, while they are up.</summary>
    public string EnvironmentFile => In("env");

    public string ArtifactsFolder => In("artifacts");

    /// <summary>Where the jobs worker writes the head of its audit down.</summary>
    public string AuditAnchorFile => In("audit-anchor");

    public string LogFolder => In("logs");

    public string Log(string name) => In("logs", name + ".log");

    public string PidFile(string name) => In("pids", name + ".json");

    /// <summary>Names of the processes that have a pid file.</summary>
    public IReadOnlyList<string> Recorded() =>
        [.. Directory.EnumerateFiles(In("pids"), "*.json").Select(System.IO.Path.GetFileNameWithoutExtension).Order()!];

    /// <summary>The folder that a server sees as /srv.</summary>
    public string Data(string name) => In("data", name);

    /// <summary>What the serve process answers on, written by it when all of it does.</summary>
    public string EndpointsFile => In("endpoints.json");

    /// <summary>A password of this instance, made when first asked for. Letters and digits: it needs no quoting anywhere.</summary>
    public string Secret(string name) => File.ReadAllText(SecretFile(name)).Trim();

    /// <summary>The file of <see cref="Secret"/>.</summary>
    public string SecretFile(string name)
    {
        var file = In("secrets", name);
        if (!File.Exists(file))
            AtomicFile.Write(file, RandomNumberGenerator.GetString(PasswordLetters, 32));
        return file;
    }

    /// <summary>The port of a program of this instance.</summary>
    /// <param name="inUse">Whether the program runs now, so that its port is naturally taken.</param>
    /// <param name="preferred">Taken at first, where it is free.</param>
    public int Port(string name, bool inUse = false, int preferred = 0)
    {
        var file = In("ports.json");
        var ports = File.Exists(file) ? JsonSerializer.Deserialize<SortedDictionary<string, int>>(File.ReadAllBytes(file))! : [];
        if (ports.TryGetValue(name, out var known) && (inUse || IsFree(known)))
            return known;
        var port = preferred;
        while (port == 0 || ports.ContainsValue(port) || !IsFree(port))
            port = RandomNumberGenerator.GetInt32(LowestPort, PastHighestPort);
        ports[name] = port;
        AtomicFile.Write(file, JsonSerializer.Serialize(ports));
        return port;
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);
}
