using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace Pipeline.Browser;

/// <summary>The browser refused a command of the DevTools protocol; the message has its words.</summary>
public sealed class DevToolsException(string message) : Exception(message);

/// <summary>Commands of the Chrome DevTools Protocol over one web socket (https://chromedevtools.github.io/devtools-protocol). Events go to who listens to their page.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _waiting = new();
    private readonly ConcurrentDictionary<string, Action<string, JsonElement>> _listeners = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private int _last;

    public static async Task<DevTools> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(address, cancellationToken);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <param name="session">Of a page; null for the browser's own commands.</param>
    /// <exception cref="DevToolsException">The browser refused.</exception>
    public async Task<JsonElement> SendAsync(string method, object parameters, string? session, CancellationToken cancellationToken)
    {
        int id = Interlocked.Increment(ref _last);
        var answer = _waiting[id] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(
            session is null ? new { id, method, @params = parameters } : (object)new { id, method, @params = parameters, sessionId = session });
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Has a page's events told, by name and parameters, in their order and before any answer that was sent after them.</summary>
    public void Listen(string session, Action<string, JsonElement> heard) => _listeners[session] = heard;

    public void Ignore(string session) => _listeners.TryRemove(session, out _);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (!_end.IsCancellationRequested)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                Answer(message.GetBuffer().AsMemory(0, (int)message.Length));
                message.SetLength(0);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            foreach (var waiting in _waiting.Values)
                waiting.TrySetException(new DevToolsException("the browser is gone"));
        }
    }

    private void Answer(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var root = document.RootElement;
        if (root.TryGetProperty("method", out var method))
        {
            if (root.TryGetProperty("sessionId", out var session) && _listeners.TryGetValue(session.GetString()!, out var heard))
                heard(method.GetString()!, root.GetProperty("params"));
            return;
        }
        if (!root.TryGetProperty("id", out var id) || !_waiting.TryRemove(id.GetInt32(), out var waiting))
            return;
        if (root.TryGetProperty("error", out var error))
            waiting.SetException(new DevToolsException(error.GetProperty("message").GetString()!));
        else
            waiting.SetResult(root.GetProperty("result").Clone());
    }
}
