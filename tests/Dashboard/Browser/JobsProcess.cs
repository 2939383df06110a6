using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pipeline.Servers;

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>Where a jobs worker and its commands find their servers: places of their own on real ones.</summary>
internal sealed record JobsPlace(string Mongo, string MySql, string Redis, string Folder)
{
    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Jobs", "release", "Pipeline.Jobs.dll"));

    public static async Task<JobsPlace> CreateAsync()
    {
        string folder = Directory.CreateTempSubdirectory("dashboard-story-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "key"), "0123456789abcdef0123456789abcdef");
        return new JobsPlace(await TestServers.MongoAsync(), await TestServers.MySqlAsync(), await TestServers.RedisAsync(), folder);
    }

    public ProcessStartInfo Start(Uri http, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])["exec", Program, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("PIPELINE_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["PIPELINE_MONGO"] = Mongo;
        start.Environment["PIPELINE_MYSQL"] = MySql;
        start.Environment["PIPELINE_REDIS"] = Redis;
        start.Environment["PIPELINE_JOBS_HTTP"] = http.ToString();
        start.Environment["PIPELINE_DASHBOARD_KEY_FILE"] = Path.Combine(Folder, "key");
        start.Environment["PIPELINE_ERASURE_KEY_FILE"] = Path.Combine(Folder, "key");
        start.Environment["PIPELINE_AUDIT_ANCHOR"] = Path.Combine(Folder, "audit-anchor");
        start.Environment["PIPELINE_ARTIFACTS"] = Path.Combine(Folder, "artifacts");
        return start;
    }

    /// <summary>Runs a command and returns what it printed.</summary>
    public async Task<string> RunAsync(Uri http, params string[] arguments)
    {
        using var process = Process.Start(Start(http, arguments))!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output.Trim();
    }
}

/// <summary>A jobs worker as people start it, with its dashboard.</summary>
internal sealed class JobsProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private JobsProcess(Process process, Uri http)
    {
        (_process, Http) = (process, http);
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Http { get; }

    public static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    public static async Task<JobsProcess> StartAsync(JobsPlace place, Uri http, CancellationToken cancellationToken)
    {
        var worker = new JobsProcess(Process.Start(place.Start(http, "work"))!, http);
        using var client = new HttpClient();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using var health = await client.GetAsync(new Uri(http, "/health"), cancellationToken);
                if (health.IsSuccessStatusCode)
                    return worker;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            Assert.True(attempt < 600 && !worker._process.HasExited, worker.Said);
            await Task.Delay(250, cancellationToken);
        }
    }

    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private void Append(string? line)
    {
        lock (_said)
            _said.AppendLine(line);
    }
}
