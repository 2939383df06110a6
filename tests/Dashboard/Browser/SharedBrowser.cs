using Pipeline.Browser;
using Pipeline.Dashboard.Tests.Browser;

[assembly: AssemblyFixture(typeof(SharedBrowser))]

namespace Pipeline.Dashboard.Tests.Browser;

/// <summary>One Chromium for all tests, which the first that wants a page starts: pages have cookies of their own, and complain for themselves.</summary>
public sealed class SharedBrowser : IAsyncDisposable
{
    private readonly Lazy<Task<Chromium>> _chromium = new(() => Chromium.StartAsync(CancellationToken.None));

    internal async Task<BrowserPage> OpenAsync(CancellationToken cancellationToken) =>
        await (await _chromium.Value.WaitAsync(cancellationToken)).OpenAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_chromium is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _chromium.Value).DisposeAsync();
    }
}
