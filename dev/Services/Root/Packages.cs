using System.Text.RegularExpressions;
using Pipeline.Services.Processes;

namespace Pipeline.Services.Root;

/// <summary>The packages that were chosen, and why when they are not the first choice.</summary>
internal sealed record PackageChoice(SqlFlavour Sql, IReadOnlyList<string> Names);

/// <summary>
/// Gets Debian's packages and unpacks them. The download is apt's own, into a folder that outlives a failure, so a later try fetches
/// only what is missing; mmdebstrap then finds every package there. Both check the archive's signature against the machine's keyring.
/// </summary>
internal sealed partial class Packages(string folder, Action<string> progress)
{
    /// <summary>The next release of Debian, and for what it lacks (MySQL, at the time of writing) the development suite.</summary>
    private const string Suite = "forky";
    private const string SuiteForTheRest = "sid";

    private const int Tries = 4;
    private const string Mirror = "http://deb.debian.org/debian";

    private static readonly string[] Always = ["postgresql-18", "postgresql-18-documentdb", "redis-server"];

    private static readonly PackageChoice WithMySql = new(SqlFlavour.MySql, [.. Always, "mysql-server-core"]);
    private static readonly PackageChoice WithMariaDb = new(SqlFlavour.MariaDb, [.. Always, "mariadb-server-core", "mariadb-client-core"]);

    /// <summary>Below every package of the release, above none.</summary>
    private const string Preferences = $"""
        Package: *
        Pin: release n={SuiteForTheRest}
        Pin-Priority: 100

        """;

    private static readonly string[] Sources = [Source(Suite), Source(SuiteForTheRest)];

    private string AptFolder => Path.Combine(folder, "apt");

    /// <summary>Downloads what is not there yet; takes MariaDB where MySQL cannot be had.</summary>
    public async Task<PackageChoice> DownloadAsync(CancellationToken cancellationToken)
    {
        PrepareApt();
        await RetryAsync("read the package lists", () => AptAsync(["update", "--error-on=any"], cancellationToken), cancellationToken);
        progress($"downloading {string.Join(", ", WithMySql.Names)} and what they need");
        var choice = WithMySql;
        await RetryAsync(
            "download the packages",
            async () =>
            {
                var downloaded = await InstallAsync(choice, "--download-only", cancellationToken);
                if (!downloaded.Ok
                    && choice == WithMySql
                    && await InstallAsync(choice, "--simulate", cancellationToken) is { Ok: false } impossible)
                {
                    progress($"taking MariaDB in place of MySQL, which Debian cannot install now: {Reason(impossible)}");
                    choice = WithMariaDb;
                    downloaded = await InstallAsync(choice, "--download-only", cancellationToken);
                }
                return downloaded;
            },
            cancellationToken);
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
            "--setup-hook=mkdir -p \"$1/var/cache/apt/archives/partial\"",
            "--setup-hook=find \"$PIPELINE_PACKAGES\" -maxdepth 1 -name '*.deb' -exec cp --link -t \"$1/var/cache/apt/archives/\" {} +",
            "--setup-hook=cp \"$PIPELINE_PACKAGES/apt/preferences\" \"$1/etc/apt/preferences.d/suites\"",
            "--customize-hook=chroot \"$1\" useradd --system --no-create-home --shell /usr/sbin/nologin mysql",
            Suite, tree, .. Sources,
        ];
        var environment = new Dictionary<string, string> { ["PIPELINE_PACKAGES"] = folder };
        await RetryAsync(
            "unpack the packages",
            async () =>
            {
                await Machine.RemoveTreeAsync(tree, cancellationToken);
                var unpacked = await Shell.RunAsync("mmdebstrap", arguments, cancellationToken, environment: environment);
                if (!unpacked.Ok)
                    DropPackages(); // one may be damaged; mmdebstrap downloads what it does not find
                return unpacked;
            },
            cancellationToken);
    }

    private Task<CommandResult> InstallAsync(PackageChoice choice, string how, CancellationToken cancellationToken) =>
        AptAsync(["install", "--yes", how, "?essential", "apt", .. choice.Names], cancellationToken);

    /// <summary>Passes on how much there is to download, and how far it is.</summary>
    private void Follow(string line)
    {
        if (line.StartsWith("Need to get", StringComparison.Ordinal))
            progress(line);
        else if (DownloadNumber().Match(line) is { Success: true } download && int.Parse(download.ValueSpan[4..]) % 50 == 0)
            progress($"{download.ValueSpan[4..]} files downloaded");
    }

    private void PrepareApt()
    {
        foreach (var part in (string[])["state/lists/partial", "cache", "preferences.d", "sources.d"])
            Directory.CreateDirectory(Path.Combine(AptFolder, part));
        Directory.CreateDirectory(Path.Combine(folder, "partial"));
        File.WriteAllText(Path.Combine(AptFolder, "status"), ""); // nothing installed: apt then names every package of the tree
        File.WriteAllText(Path.Combine(AptFolder, "sources.list"), string.Join('\n', Sources) + "\n");
        File.WriteAllText(Path.Combine(AptFolder, "preferences"), Preferences);
    }

    /// <summary>apt-get with the machine's own settings (a proxy, say) but a state, a source and an archive folder of our own.</summary>
    private Task<CommandResult> AptAsync(string[] arguments, CancellationToken cancellationToken)
    {
        string[] options =
        [
            $"Dir::State={AptFolder}/state", $"Dir::State::status={AptFolder}/status",
            $"Dir::Cache={AptFolder}/cache", $"Dir::Cache::archives={folder}",
            $"Dir::Etc::sourcelist={AptFolder}/sources.list", $"Dir::Etc::sourceparts={AptFolder}/sources.d",
            $"Dir::Etc::preferences={AptFolder}/preferences", $"Dir::Etc::preferencesparts={AptFolder}/preferences.d",
            "APT::Install-Recommends=false", "APT::Sandbox::User=root", "Acquire::Check-Valid-Until=false", "Acquire::Retries=3",
            "Acquire::Languages=none", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
        ];
        var flags = options.SelectMany(option => (string[])["-o", option]);
        return Shell.RunAsync("apt-get", ["--quiet", .. flags, .. arguments], cancellationToken, Follow);
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
            progress($"could not {what} ({Reason(result)}); trying again in {pause.TotalSeconds:0} s");
            await Task.Delay(pause, cancellationToken);
        }
    }

    private static string Source(string suite) => $"deb [signed-by={Machine.ArchiveKeyring}] {Mirror} {suite} main";

    private void DropPackages()
    {
        foreach (var package in Directory.EnumerateFiles(folder, "*.deb"))
            File.Delete(package);
    }

    /// <summary>The first error that apt states, or the last line of who states none.</summary>
    private static string Reason(CommandResult result)
    {
        var lines = result.Tail.Split('\n');
        return lines.FirstOrDefault(line => line.StartsWith("E: ", StringComparison.Ordinal)) ?? lines[^1];
    }

    [GeneratedRegex("^Get:[0-9]+")]
    private static partial Regex DownloadNumber();
}
