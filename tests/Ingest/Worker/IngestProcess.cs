using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Ingest.Tests.Worker;

/// <summary>The program itself, as a process of its own.</summary>
internal sealed class IngestProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly StringBuilder _output = new();

    private IngestProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where a worker's /health and /metrics listen.</summary>
    public required Uri Http { get; init; }

    /// <summary>Whatever came on standard output so far.</summary>
    public string Output => Text(_output);

    /// <summary>Whatever came on standard error so far.</summary>
    public string Errors => Text(_errors);

    public static IngestProcess Start(string kafka, string mongo, params string[] arguments)
    {
        var http = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PIPELINE_KAFKA"] = kafka,
                ["PIPELINE_MONGO"] = mongo,
                ["PIPELINE_INGEST_HTTP"] = http,
                ["PIPELINE_INGEST_BATCH_EVENTS"] = "200",
                ["PIPELINE_INGEST_BATCH_AGE_MS"] = "50",
                // The stand-in assigns anew after this less a second.
                ["PIPELINE_INGEST_SESSION_TIMEOUT_MS"] = "1200",
            },
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Pipeline.Ingest.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return new IngestProcess(new Process { StartInfo = start }) { Http = new Uri(http) };
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <returns>Null while nothing listens.</returns>
    public async Task<HttpStatusCode?> HealthAsync()
    {
        using var client = new HttpClient();
        try
        {
            using var answer = await client.GetAsync(new Uri(Http, "/health"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task<string> MetricsAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(Http, "/metrics"));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(Output + Errors);
        _process.Dispose();
    }

    /// <remarks>Below the range that outgoing connections take theirs from: one of those may come before the process listens.</remarks>
    private static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, RandomNumberGenerator.GetInt32(10_000, 20_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
            text.AppendLine(line);
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
