using Pipeline.Services.Processes;

namespace Pipeline.Services.Root;

/// <summary>What the machine itself must give before servers can be made on it.</summary>
internal static class Machine
{
    public const string ThreeWays = """
        Servers come from one of three places:
          1. addresses in the environment: PIPELINE_KAFKA, PIPELINE_MONGO, PIPELINE_MYSQL, PIPELINE_REDIS (all four);
          2. a Docker engine that answers `docker info`;
          3. Debian or Ubuntu, as root: local servers are made from Debian's packages.
        """;

    private const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

    /// <summary>Program, and the package that it comes in.</summary>
    private static readonly (string File, string Package)[] Tools =
    [
        ("/usr/bin/mmdebstrap", "mmdebstrap"),
        (Keyring, "debian-archive-keyring"),
        ("/usr/bin/setsid", "util-linux"),
        ("/usr/bin/unshare", "util-linux"),
    ];

    public static string ArchiveKeyring => Keyring;

    /// <exception cref="ServerException">Local servers cannot be on this machine, or not for this user.</exception>
    public static async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/apt-get"))
            throw new ServerException("Local servers need Debian or Ubuntu: there is no /usr/bin/apt-get here.\n" + ThreeWays);
        if (!Environment.IsPrivilegedProcess)
            throw new ServerException("Local servers need root, for chroot: run this as root, e.g. with sudo.\n" + ThreeWays);
        if (await Shell.RunAsync("unshare", ["--mount", "true"], cancellationToken) is { Ok: false } refused)
        {
            throw new ServerException(
                "Local servers need the right to mount folders for themselves, which a container has with --privileged "
                + $"or --cap-add SYS_ADMIN ({refused.Tail}).\n{ThreeWays}");
        }
    }

    public static async Task InstallToolsAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        var missing = Tools.Where(tool => !File.Exists(tool.File)).Select(tool => tool.Package).Distinct().ToList();
        if (missing.Count == 0)
            return;
        var names = string.Join(' ', missing);
        progress($"installing {names} with apt-get");
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        var update = await Shell.RunAsync("apt-get", ["update"], cancellationToken, environment: environment);
        var install = await Shell.RunAsync(
            "apt-get", ["install", "-y", "--no-install-recommends", .. missing], cancellationToken, environment: environment);
        if (!install.Ok)
        {
            throw new ServerException(
                $"apt-get could not install what local servers are made with. Install it by hand: apt-get install {names}\n"
                + (update.Ok ? "" : $"apt-get update said:\n{update.Tail}\n") + $"apt-get install said:\n{install.Tail}");
        }
    }

    /// <summary>Removes a tree of a killed attempt, and whatever that attempt had mounted in it before.</summary>
    public static async Task RemoveTreeAsync(string folder, CancellationToken cancellationToken)
    {
        foreach (var mount in MountsBelow(folder).Reverse())
            await Shell.RunAsync("umount", ["--lazy", mount], cancellationToken);
        var removed = await Shell.RunAsync("rm", ["--recursive", "--force", "--one-file-system", folder], cancellationToken);
        if (!removed.Ok)
            throw new ServerException($"cannot remove {folder}: {removed.Tail}");
    }

    /// <summary>Mount points at or below a folder, in the order they were mounted.</summary>
    public static IEnumerable<string> MountsBelow(string folder) =>
        File.ReadLines("/proc/self/mounts")
            .Select(line => line.Split(' ')[1].Replace("\\040", " "))
            .Where(mount => mount == folder || mount.StartsWith(folder + "/", StringComparison.Ordinal));
}
