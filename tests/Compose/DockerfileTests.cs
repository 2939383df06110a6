using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Pipeline.Servers;

namespace Pipeline.Compose.Tests;

/// <summary>How the workers' images are built.</summary>
[Trait("speed", "fast")]
public sealed class DockerfileTests
{
    public static TheoryData<string> Rooms => ["src/Ingest", "src/Jobs"];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Images_are_pinned_and_of_the_pinned_sdk(string room)
    {
        string[] images = [.. Of(room).BaseImages];
        string sdk = Regex.Match(Repository.Read("global.json"), @"""version"": ""(\d+\.\d+)\.").Groups[1].Value;

        Assert.Equal(2, images.Length);
        Assert.Matches($@"^mcr\.microsoft\.com/dotnet/sdk:{Regex.Escape(sdk)}\.\d+-\w+$", images[0]);
        Assert.Matches($@"^mcr\.microsoft\.com/dotnet/aspnet:{Regex.Escape(sdk)}\.\d+-\w+$", images[1]);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void The_worker_does_not_run_as_root(string room) => Assert.Equal("$APP_UID", Of(room).All("USER").Last());

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Packages_are_those_of_the_lock_files(string room)
    {
        var commands = Of(room).All("RUN").ToList();

        Assert.Contains(commands, command => command.StartsWith("dotnet restore --locked-mode ", StringComparison.Ordinal));
        Assert.Contains(commands, command => command.StartsWith("dotnet publish ", StringComparison.Ordinal) && command.Contains("--no-restore", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Everything_that_the_worker_is_built_from_is_copied_and_nothing_more(string room)
    {
        var expected = new List<string> { "global.json", "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig" };
        foreach (string project in WithReferences(room))
            expected.AddRange([$"{project}/{Path.GetFileName(project)}.csproj", $"{project}/packages.lock.json", project]);

        Assert.Equal(expected.Order(), Of(room).CopiedSources.Order());
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void What_is_copied_reaches_the_engine(string room)
    {
        string[] patterns = [.. Repository.Read(".dockerignore").Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];

        Assert.Equal("*", patterns[0]);
        Assert.All(Of(room).CopiedSources, source => Assert.Contains($"!{source.Split('/')[0]}", patterns));
    }

    [Theory]
    [InlineData("src/Ingest", "HTTP/1.1 200 OK", 0)]
    [InlineData("src/Ingest", "HTTP/1.1 503 Service Unavailable", 1)]
    [InlineData("src/Jobs", "HTTP/1.1 200 OK", 0)]
    [InlineData("src/Jobs", "HTTP/1.1 503 Service Unavailable", 1)]
    public async Task The_health_check_believes_the_status_line(string room, string statusLine, int expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answer = AnswerAsync(listener, statusLine, TestContext.Current.CancellationToken);

        Assert.Equal(expected, await RunHealthCheckAsync(room, ((IPEndPoint)listener.LocalEndpoint).Port));
        Assert.StartsWith("GET /health HTTP/1.0", await answer);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public async Task The_health_check_fails_where_nobody_listens(string room)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.NotEqual(0, await RunHealthCheckAsync(room, port));
    }

    private static Dockerfile Of(string room) => new($"{room}/Dockerfile");

    /// <summary>A project's folder and those of all projects that it refers to, at any distance.</summary>
    private static HashSet<string> WithReferences(string folder)
    {
        var found = new HashSet<string>();
        Add(folder);
        return found;

        void Add(string project)
        {
            if (!found.Add(project))
                return;
            var references = XDocument.Parse(Repository.Read($"{project}/{Path.GetFileName(project)}.csproj")).Descendants("ProjectReference");
            foreach (var reference in references)
            {
                string path = Path.GetFullPath(Path.Combine(Repository.PathOf(project), reference.Attribute("Include")!.Value));
                Add(Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(path)!));
            }
        }
    }

    /// <summary>Answers one request and returns its first line.</summary>
    private static async Task<string> AnswerAsync(TcpListener listener, string statusLine, CancellationToken cancellationToken)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        string request = await reader.ReadLineAsync(cancellationToken) ?? "";
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{statusLine}\r\nContent-Type: application/json\r\n\r\n{{}}"), cancellationToken);
        return request;
    }

    private static async Task<int> RunHealthCheckAsync(string room, int port)
    {
        string[] command = Of(room).HealthCheck;
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardError = true };
        foreach (string argument in command[1..])
            start.ArgumentList.Add(Regex.Replace(argument, @"(/dev/tcp/127\.0\.0\.1/)\d+", $"${{1}}{port}"));
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
