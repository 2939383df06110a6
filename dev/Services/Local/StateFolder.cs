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

    public string LockFile => In("lock");

    public string Log(string name) => In("logs", name + ".log");

    public string PidFile(string name) => In("pids", name + ".json");

    /// <summary>Names of the processes that have a pid file.</summary>
    public IReadOnlyList<string> Recorded() => [.. Directory.EnumerateFiles(In("pids"), "*.json").Select(System.IO.Path.GetFileNameWithoutExtension).Order()!];

    /// <summary>The folder that a server sees as /srv.</summary>
    public string Data(string name) => In("data", name);

    /// <summary>What the serve process answers on, written by it when all of it does.</summary>
    public string EndpointsFile => In("endpoints.json");

    /// <summary>A password of this instance, made when first asked for. Letters and digits only: it stands unquoted in URIs, SQL and configuration files.</summary>
    public string Secret(string name)
    {
        var file = In("secrets", name);
        if (!File.Exists(file))
            AtomicFile.Write(file, RandomNumberGenerator.GetString(PasswordLetters, 32));
        return File.ReadAllText(file).Trim();
    }

    /// <summary>The port of a server of this instance.</summary>
    /// <param name="inUse">Whether the server runs now, so that its port is naturally taken.</param>
    public int Port(string name, bool inUse = false)
    {
        var file = In("ports.json");
        var ports = File.Exists(file) ? JsonSerializer.Deserialize<SortedDictionary<string, int>>(File.ReadAllBytes(file))! : [];
        if (ports.TryGetValue(name, out var known) && (inUse || IsFree(known)))
            return known;
        int port;
        do
            port = RandomNumberGenerator.GetInt32(LowestPort, PastHighestPort);
        while (ports.ContainsValue(port) || !IsFree(port));
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
