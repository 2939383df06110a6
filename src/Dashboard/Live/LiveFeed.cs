using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Live;

/// <summary>
/// Tells open pages by server-sent events that there is something new; they then fetch themselves anew. However many pages are open, the
/// database is asked once in <see cref="Interval"/>.
/// </summary>
public sealed class LiveFeed(RunHistory runs, IngestWatch ingest, TimeProvider clock, IHostApplicationLifetime host) : IDisposable
{
    public const string Path = "/live";

    /// <summary>Of pages that show what the ingest workers say, which changes all the time.</summary>
    public const string IngestToo = "ingest";

    /// <summary>On requests that the script makes by itself.</summary>
    public const string Header = "X-Live";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Then the browser connects again, and whether its session still stands is looked at again.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _gate = new(1);
    private (long At, string Pulse)? _last;

    public void Dispose() => _gate.Dispose();

    /// <summary>Whether a request comes from a page by itself: it does not keep a session from being idle.</summary>
    public static bool Asks(HttpContext context) => context.Request.Path.Equals(Path) || context.Request.Headers.ContainsKey(Header);

    public async Task SendAsync(HttpContext context)
    {
        bool ingestToo = context.Request.Query.ContainsKey(IngestToo);
        using var deadline = new CancellationTokenSource(Longest, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping, deadline.Token);
        context.Response.ContentType = "text/event-stream";
        string? sent = null;
        try
        {
            using var timer = new PeriodicTimer(Interval, clock);
            do
            {
                string pulse = await PulseAsync(ingestToo, end.Token);
                // Also where nothing is new: so both sides find out that the other one is gone.
                string line = pulse == sent ? "event: alive\ndata:\n\n" : $"id: {pulse}\ndata: changed\n\n";
                await context.Response.WriteAsync(line, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
                sent = pulse;
            }
            while (await timer.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader left, the host stops, or the time is over.
        }
        catch (Exception error) when (sent is not null && Outages.Server(error) is not null)
        {
            // The page says that it is not live, and asks again.
        }
    }

    private async Task<string> PulseAsync(bool ingestToo, CancellationToken cancellationToken)
    {
        string pulse = await PulseAsync(cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ingestToo ? $"{pulse} {ingest.Pulse}" : pulse)).AsSpan(0, 8));
    }

    private async Task<string> PulseAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_last is not { } last || clock.GetElapsedTime(last.At) > Interval / 2)
                _last = last = (clock.GetTimestamp(), await runs.PulseAsync(cancellationToken));
            return last.Pulse;
        }
        finally
        {
            _gate.Release();
        }
    }
}
