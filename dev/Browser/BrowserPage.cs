using System.Text.Json;

namespace Pipeline.Browser;

/// <summary>One page of a browser, as somebody uses it who sees, types and clicks. Disposing of it closes it and forgets its cookies.</summary>
public sealed class BrowserPage(PageCommand send, PageComplaints complaints, Func<Task> close) : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>How long anything may take: machines that test are busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>What went wrong in the page so far.</summary>
    public PageComplaints Complaints => complaints;

    /// <summary>Headers that every request of the page carries.</summary>
    public Task CarryAsync(Dictionary<string, string> headers, CancellationToken cancellationToken) =>
        send("Network.setExtraHTTPHeaders", new { headers }, cancellationToken);

    /// <summary>Runs a script in every page that is opened from now on, before the page's own.</summary>
    public async Task BeforeAsync(string script, CancellationToken cancellationToken)
    {
        await send("Page.enable", new { }, cancellationToken);
        await send("Page.addScriptToEvaluateOnNewDocument", new { source = script }, cancellationToken);
    }

    public Task GoAsync(Uri address, CancellationToken cancellationToken) =>
        LeaveAsync(() => send("Page.navigate", new { url = address.ToString() }, cancellationToken), cancellationToken);

    /// <summary>The value of an expression in the page.</summary>
    /// <exception cref="DevToolsException">The expression throws, or its page has just gone.</exception>
    public async Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        var answer = await send("Runtime.evaluate", new { expression, returnByValue = true, awaitPromise = true }, cancellationToken);
        if (answer.TryGetProperty("exceptionDetails", out var details))
            throw new DevToolsException(details.GetRawText());
        return answer.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
    }

    public async Task<string> TextAsync(string selector, CancellationToken cancellationToken) =>
        (await EvaluateAsync($"document.querySelector({Quote(selector)}).innerText", cancellationToken)).GetString()!;

    /// <summary>Waits until an expression is true.</summary>
    /// <exception cref="TimeoutException">It never is; the message has the page's text.</exception>
    public async Task WaitAsync(string condition, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        while (!end.IsCancellationRequested)
        {
            try
            {
                if ((await EvaluateAsync($"!!({condition})", end.Token)).ValueKind == JsonValueKind.True)
                    return;
            }
            catch (DevToolsException)
            {
                // Between two pages there is nothing to ask.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                break;
            }
            await Task.Delay(BetweenLooks, cancellationToken);
        }
        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException($"never true: {condition}; the page says\n{await TextAsync("body", cancellationToken)}");
    }

    /// <summary>Types into a field, in place of what it holds.</summary>
    public async Task FillAsync(string selector, string text, CancellationToken cancellationToken)
    {
        await WaitAsync($"document.querySelector({Quote(selector)})", cancellationToken);
        await EvaluateAsync($"(() => {{ const field = document.querySelector({Quote(selector)}); field.focus(); field.select?.(); }})()", cancellationToken);
        if (text.Length > 0)
            await send("Input.insertText", new { text }, cancellationToken);
        else
            await EvaluateAsync($"document.querySelector({Quote(selector)}).value = ''", cancellationToken);
    }

    /// <summary>Clicks what leads to another page, and waits for that.</summary>
    public Task FollowAsync(string selector, CancellationToken cancellationToken) => LeaveAsync(async () =>
    {
        await WaitAsync($"document.querySelector({Quote(selector)})", cancellationToken);
        await EvaluateAsync($"document.querySelector({Quote(selector)}).click()", cancellationToken);
    }, cancellationToken);

    /// <summary>Presses a key.</summary>
    /// <param name="key">As the DOM names it, such as <c>Tab</c> or <c>Enter</c>.</param>
    /// <param name="code">Its virtual key code, such as 9 or 13.</param>
    public async Task PressAsync(string key, int code, CancellationToken cancellationToken)
    {
        string text = key == "Enter" ? "\r" : "";
        await send("Input.dispatchKeyEvent", new { type = text.Length == 0 ? "rawKeyDown" : "keyDown", key, code = key, windowsVirtualKeyCode = code, text }, cancellationToken);
        await send("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key, windowsVirtualKeyCode = code }, cancellationToken);
    }

    /// <summary>How the page is seen: width and height in pixels, light or dark, and in which language.</summary>
    public async Task ShowAsync(int width, int height, bool dark, string language, CancellationToken cancellationToken)
    {
        await send("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = false }, cancellationToken);
        await send("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } }, cancellationToken);
        await CarryAsync(new Dictionary<string, string> { ["Accept-Language"] = language }, cancellationToken);
        await send("Emulation.setTimezoneOverride", new { timezoneId = "Asia/Seoul" }, cancellationToken);
    }

    /// <summary>A picture of what is seen, PNG.</summary>
    public async Task<byte[]> PictureAsync(CancellationToken cancellationToken) =>
        (await send("Page.captureScreenshot", new { format = "png" }, cancellationToken)).GetProperty("data").GetBytesFromBase64();

    public async ValueTask DisposeAsync() => await close();

    private async Task LeaveAsync(Func<Task> leave, CancellationToken cancellationToken)
    {
        await EvaluateAsync("window.pipelineBefore = true", cancellationToken);
        await leave();
        await WaitAsync("!window.pipelineBefore && document.readyState === 'complete' && location.href !== 'about:blank'", cancellationToken);
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
