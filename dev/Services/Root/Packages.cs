using Pipeline.Services.Processes;

namespace Pipeline.Services.Root;

/// <summary>The packages that were chosen, and why when they are not the first choice.</summary>
internal sealed record PackageChoice(SqlFlavour Sql, IReadOnlyList<string> Names);

/// <summary>
/// Gets Debian's packages and unpacks them. The download is apt's own, into a folder that outlives a failure, so a later try fetches only what is missing;
/// mmdebstrap then finds every package there. Both check the archive's signature against the machine's keyring.
/// </summary>
internal sealed class Packages(string folder, Action<string> progress)
{
    /// <summary>The one suite that has MySQL, and DocumentDB with a PostgreSQL to match: mixing it with a release gains nothing.</summary>
    public const string Suite = "sid";

    private const int Tries = 4;
    private const string Mirror = "http://deb.debian.org/debian";

    private static readonly string[] Always = ["postgresql-18", "postgresql-18-documentdb", "redis-server"];

    private static readonly PackageChoice WithMySql = new(SqlFlavour.MySql, [.. Always, "mysql-server-core"]);
    private static readonly PackageChoice WithMariaDb = new(SqlFlavour.MariaDb, [.. Always, "mariadb-server-core"]);

    private static string Source => $"deb [signed-by={Machine.ArchiveKeyring}] {Mirror} {Suite} main";

    private string AptFolder => Path.Combine(folder, "apt");

    public async Task<PackageChoice> DownloadAsync(CancellationToken cancellationToken)
    {
        PrepareApt();
        await RetryAsync("read the package lists", () => AptAsync(["update", "--error-on=any"], cancellationToken), cancellationToken);
        var choice = await ChooseAsync(cancellationToken);
        progress($"downloading {string.Join(", ", choice.Names)} and what they need");
        await RetryAsync("download the packages", () => AptAsync(["install", "--yes", "--download-only", .. Wanted(choice)], cancellationToken), cancellationToken);
        return choice;
    }

    public async Task UnpackAsync(PackageChoice choice, string tree, CancellationToken cancellationToken)
    {
        progress("unpacking");
        string[] arguments =
        [
            "--variant=apt", "--mode=root", $"--include={string.Join(',', choice.Names)}",
            $"--keyring={Machine.ArchiveKeyring}",
            "--aptopt=Acquire::Check-Valid-Until \"false\"",
            "--dpkgopt=force-unsafe-io", "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/doc/*",
            "--skip=download/empty",
            "--setup-hook=mkdir -p \"$1/var/cache/apt/archives/partial\" && cp --link \"$PIPELINE_PACKAGES\"/*.deb \"$1/var/cache/apt/archives/\"",
            "--customize-hook=chroot \"$1\" useradd --system --no-create-home --shell /usr/sbin/nologin mysql",
            Suite, tree, Source,
        ];
        var environment = new Dictionary<string, string> { ["PIPELINE_PACKAGES"] = folder };
        await RetryAsync(
            "unpack the packages",
            async () =>
            {
                await Machine.RemoveTreeAsync(tree, cancellationToken);
                return await Shell.RunAsync("mmdebstrap", arguments, cancellationToken, environment: environment);
            },
            cancellationToken);
    }

    private static string[] Wanted(PackageChoice choice) => ["?essential", "apt", .. choice.Names];

    private async Task<PackageChoice> ChooseAsync(CancellationToken cancellationToken)
    {
        var mySql = await AptAsync(["install", "--simulate", .. Wanted(WithMySql)], cancellationToken);
        if (mySql.Ok)
            return WithMySql;
        var mariaDb = await AptAsync(["install", "--simulate", .. Wanted(WithMariaDb)], cancellationToken);
        if (!mariaDb.Ok)
            throw new ServerException($"Debian {Suite} cannot give the servers now. apt-get said:\n{mariaDb.Tail}\n{Machine.ThreeWays}");
        progress($"taking MariaDB in place of MySQL, which Debian {Suite} cannot install now: {mySql.Tail.Split('\n')[^1]}");
        return WithMariaDb;
    }

    private void PrepareApt()
    {
        foreach (var part in (string[])["state/lists/partial", "cache", "preferences.d", "sources.d"])
            Directory.CreateDirectory(Path.Combine(AptFolder, part));
        Directory.CreateDirectory(Path.Combine(folder, "partial"));
        File.WriteAllText(Path.Combine(AptFolder, "status"), ""); // nothing installed: apt then names every package of the tree
        File.WriteAllText(Path.Combine(AptFolder, "sources.list"), Source + "\n");
    }

    /// <summary>apt-get with the machine's own settings (a proxy, say) but a state, a source and an archive folder of our own.</summary>
    private Task<CommandResult> AptAsync(string[] arguments, CancellationToken cancellationToken)
    {
        string[] options =
        [
            $"Dir::State={AptFolder}/state", $"Dir::State::status={AptFolder}/status", $"Dir::Cache={AptFolder}/cache",
            $"Dir::Cache::archives={folder}", $"Dir::Etc::sourcelist={AptFolder}/sources.list", $"Dir::Etc::sourceparts={AptFolder}/sources.d",
            $"Dir::Etc::preferences={AptFolder}/preferences", $"Dir::Etc::preferencesparts={AptFolder}/preferences.d",
            "APT::Install-Recommends=false", "APT::Sandbox::User=root", "Acquire::Check-Valid-Until=false", "Acquire::Retries=3",
            "Acquire::Languages=none", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
        ];
        return Shell.RunAsync("apt-get", ["--quiet", .. options.SelectMany(option => (string[])["-o", option]), .. arguments], cancellationToken);
    }

    private async Task RetryAsync(string what, Func<Task<CommandResult>> attempt, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            var result = await attempt();
            if (result.Ok)
                return;
            if (tried == Tries)
                throw new ServerException($"cannot {what} after {Tries} tries. The last one said:\n{result.Tail}\n{Machine.ThreeWays}");
            var pause = TimeSpan.FromSeconds(2 << tried);
            progress($"could not {what} ({result.Tail.Split('\n')[^1]}); trying again in {pause.TotalSeconds:0} s");
            await Task.Delay(pause, cancellationToken);
        }
    }
}
