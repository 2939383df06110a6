using Microsoft.Extensions.Hosting;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Dashboard.Live;

/// <summary>
/// Tells open pages by server-sent events that there is something new; they then fetch themselves anew. However many pages are open, the
/// database is asked once in <see cref="Interval"/>.
/// </summary>
public sealed class LiveFeed(RunHistory runs, TimeProvider clock, IHostApplicationLifetime host) : IDisposable
{
    public const string Path = "/live";

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
        using var deadline = new CancellationTokenSource(Longest, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping, deadline.Token);
        context.Response.ContentType = "text/event-stream";
        try
        {
            string? sent = null;
            using var timer = new PeriodicTimer(Interval, clock);
            do
            {
                string pulse = await PulseAsync(end.Token);
                // A comment is no event, and finds out whether anybody still listens.
                string line = pulse == sent ? ":\n\n" : $"id: {pulse}\ndata: changed\n\n";
                await context.Response.WriteAsync(line, end.Token);
                await context.Response.Body.FlushAsync(end.Token);
                sent = pulse;
            }
            while (await timer.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException)
        {
            // The reader left, the host stops, or the time is over.
        }
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
