using System.Text.Json;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Root;

/// <summary>What stands in a finished root: the version of its layout, and which SQL server was to be had.</summary>
internal sealed record RootStamp(int Version, SqlFlavour Sql);

/// <summary>MySQL, or MariaDB where the archive has no installable MySQL.</summary>
internal enum SqlFlavour
{
    MySql,
    MariaDb,
}

/// <summary>
/// A small Debian of its own with MySQL, Redis and PostgreSQL + DocumentDB, and fresh data folders to copy from. It is made once per user
/// and layout version, in the cache folder; the stamp is written last, so a folder without one is an attempt that was cut short.
/// </summary>
internal sealed class ServicesRoot
{
    /// <summary>Goes up with every change of the packages or of the data folders made from them.</summary>
    private const int Version = 1;

    private readonly string _home;

    /// <param name="cacheFolder">Need not exist.</param>
    public ServicesRoot(string cacheFolder)
    {
        _home = Path.Combine(cacheFolder, $"services-{Version}");
        PackagesFolder = Path.Combine(cacheFolder, "packages");
    }

    /// <summary>The tree that the servers see as /.</summary>
    public string Tree => Path.Combine(_home, "root");

    /// <summary>Downloaded packages, kept until the root is finished so that a broken download goes on where it stopped.</summary>
    public string PackagesFolder { get; }

    public RootStamp Stamp { get; private set; } = new(Version, SqlFlavour.MySql);

    private string StampFile => Path.Combine(_home, "stamp.json");

    public static string DefaultCacheFolder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache))
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "pipeline");
        }
    }

    /// <summary>The fresh data folder of one server: copy, never start on it.</summary>
    public string Template(string server) => Path.Combine(_home, "templates", server);

    /// <summary>Returns the root, making it first when there is none. Callers in other processes wait for the one that makes it.</summary>
    public static async Task<ServicesRoot> EnsureAsync(string cacheFolder, Action<string> progress, CancellationToken cancellationToken)
    {
        await Machine.RequireAsync(cancellationToken);
        var root = new ServicesRoot(cacheFolder);
        if (root.IsFinished())
            return root;
        void Waiting() => progress("another process is making the services root; waiting for it");
        using var alone = await FileLock.TakeAsync(Path.Combine(cacheFolder, "services.lock"), Waiting, cancellationToken);
        if (!root.IsFinished())
            await root.MakeAsync(progress, cancellationToken);
        return root;
    }

    /// <summary>Whether a finished root of this version stands there; reads its stamp.</summary>
    public bool IsFinished()
    {
        try
        {
            var stamp = JsonSerializer.Deserialize<RootStamp>(File.ReadAllBytes(StampFile));
            if (stamp is not { Version: Version } || !Directory.Exists(Path.Combine(Tree, "usr")))
                return false;
            Stamp = stamp;
            return true;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return false;
        }
    }

    private async Task MakeAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        progress($"making the services root in {_home} (once; about 900 MB, a minute or two)");
        if (Directory.Exists(_home))
        {
            progress("removing an unfinished attempt");
            await Machine.RemoveTreeAsync(_home, cancellationToken);
        }
        Directory.CreateDirectory(_home);

        await Machine.InstallToolsAsync(progress, cancellationToken);
        var packages = new Packages(PackagesFolder, progress);
        var choice = await packages.DownloadAsync(cancellationToken);
        await packages.UnpackAsync(choice, Tree, cancellationToken);
        progress("making fresh data folders");
        await Templates.MakeAsync(this, choice.Sql, cancellationToken);

        Stamp = new RootStamp(Version, choice.Sql);
        AtomicFile.Write(StampFile, JsonSerializer.Serialize(Stamp));
        Directory.Delete(PackagesFolder, recursive: true);
        progress($"services root ready after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s");
    }
}
