using System.Text.RegularExpressions;
using Pipeline.Servers;

namespace Pipeline.Compose.Tests;

/// <summary>What must hold for every service, whoever adds the next one.</summary>
[Trait("speed", "fast")]
public sealed class ComposeFileTests
{
    private static readonly ComposeFile Compose = ComposeFile.Current;

    private static IEnumerable<ComposeService> Workers => Compose.Services.Where(service => service.Dockerfile is not null);

    [Fact]
    public void The_servers_and_the_workers_are_all_there()
    {
        Assert.Superset(new HashSet<string> { "kafka", "mongo", "mysql", "redis" }, InProfile("servers"));
        Assert.Superset(InProfile("servers"), InProfile("app"));
        Assert.Equal(["ingest", "jobs"], Workers.Select(worker => worker.Name));
        Assert.All(Workers, worker => Assert.Equal(["app"], worker.Profiles));
    }

    [Fact]
    public void Every_fetched_image_is_pinned_to_a_full_version() =>
        Assert.All(Compose.Services.Except(Workers), service => Assert.Matches(@"^[a-z/]+:\d+\.\d+\.\d+$", service.Image));

    [Fact]
    public void Every_port_is_published_once_and_on_loopback_only()
    {
        var ports = Compose.Services.SelectMany(service => service.Ports).ToList();

        Assert.All(ports, port => Assert.Matches(@"^127\.0\.0\.1:(\d+):\1$", port));
        Assert.Equal([3306, 6379, 8080, 8081, 9092, 27017], ports.Select(port => int.Parse(port.Split(':')[1])).Order());
    }

    [Fact]
    public void Every_volume_is_declared_and_mounted_once()
    {
        var named = Compose.Services.SelectMany(service => service.Mounts).Select(mount => mount.Split(':')[0]).Where(source => !source.StartsWith('.')).ToList();

        Assert.Equal(named.Order(), Compose.Volumes.Order());
    }

    [Fact]
    public void Every_mounted_file_is_in_the_tree_and_read_only()
    {
        var files = Compose.Services.SelectMany(service => service.Mounts).Where(mount => mount.StartsWith('.')).Select(mount => mount.Split(':')).ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            Assert.True(File.Exists(Repository.PathOf(file[0])), $"{file[0]} is mounted and is not in the tree");
            Assert.Equal("ro", file[^1]);
        });
    }

    [Fact]
    public void Every_service_says_when_it_is_well_or_runs_once()
    {
        var awaited = Compose.Services.SelectMany(service => service.DependsOn)
            .Where(other => other.Value == "service_completed_successfully").Select(other => other.Key).ToHashSet();

        Assert.All(Compose.Services, service =>
        {
            bool runsOnce = awaited.Contains(service.Name) || service.Restart == "no";
            bool saysHealth = service.HasHealthCheck || (service.Dockerfile is { } path && new Dockerfile(path).All("HEALTHCHECK").Any());
            Assert.True(runsOnce ^ saysHealth, $"{service} has neither a health check nor an end, or both");
            Assert.Equal(runsOnce ? "no" : "unless-stopped", service.Restart);
        });
    }

    [Fact]
    public void Nothing_starts_before_what_it_needs_is_ready() =>
        Assert.All(Compose.Services.SelectMany(service => service.DependsOn), other =>
            Assert.Equal(Compose.Service(other.Key).HasHealthCheck ? "service_healthy" : "service_completed_successfully", other.Value));

    [Fact]
    public void No_container_can_gain_privileges() =>
        Assert.All(Compose.Services, service => Assert.Contains("no-new-privileges:true", service.SecurityOptions));

    [Fact]
    public void Every_secret_is_declared_used_and_outside_the_tree_that_is_kept()
    {
        var used = Compose.Services.SelectMany(service => service.Secrets).ToHashSet();

        Assert.Equal(used.Order(), Compose.Secrets.Keys.Order());
        Assert.All(Compose.Secrets, secret => Assert.Equal($"./.run/secrets/{secret.Key}", secret.Value));
        Assert.Contains(".run/", Repository.Read(".gitignore").Split('\n'));
    }

    [Fact]
    public void A_variable_names_a_secret_only_where_the_secret_is_mounted() =>
        Assert.All(Compose.Services, service => Assert.All(service.Environment.Where(variable => variable.Key.EndsWith("_FILE", StringComparison.Ordinal)), variable =>
        {
            Assert.StartsWith("/run/secrets/", variable.Value);
            Assert.Contains(Path.GetFileName(variable.Value), service.Secrets);
        }));

    [Fact]
    public void No_password_stands_in_the_file()
    {
        Assert.DoesNotMatch(new Regex(@"(?i)(password|token|secret)\w*(?<!_FILE): *[^\s{\[.]"), Repository.Read("docker-compose.yml"));
        Assert.DoesNotMatch(new Regex(@"://[^/\s]+:[^/\s]+@"), Repository.Read("docker-compose.yml"));
    }

    [Fact]
    public void The_topics_are_those_of_the_contract()
    {
        var contract = Regex.Matches(Repository.Read("docs/contract.md"), @"^\| `(?<name>[a-z.-]+)` \|.*\| (?<partitions>\d+) \|$", RegexOptions.Multiline);
        var made = Regex.Matches(Repository.Read("dev/Compose/topics.sh"), @"^topic (?<name>\S+) (?<partitions>\d+) ", RegexOptions.Multiline);

        Assert.NotEmpty(contract);
        Assert.Equal(contract.Select(NameAndPartitions), made.Select(NameAndPartitions));

        static (string, string) NameAndPartitions(Match match) => (match.Groups["name"].Value, match.Groups["partitions"].Value);
    }

    private static HashSet<string> InProfile(string profile) => [.. Compose.Services.Where(service => service.Profiles.Contains(profile)).Select(service => service.Name)];
}
