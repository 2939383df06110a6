namespace Pipeline.Storage;

/// <summary>
/// How long servers that are away are waited for on behalf of somebody who wants an answer now. It flows with the call, as a cancellation
/// token would: the same stores sit an outage out for a job, and tell a page of it at once.
/// </summary>
public static class Haste
{
    private static readonly AsyncLocal<TimeSpan?> Flowing = new();

    /// <summary>Null: as long as each server's own patience.</summary>
    public static TimeSpan? Limit => Flowing.Value;

    /// <summary>For everything that the caller asks for from here on.</summary>
    public static void LimitTo(TimeSpan limit) => Flowing.Value = limit;

    /// <summary>The shorter of a server's own patience and the limit.</summary>
    internal static TimeSpan Of(TimeSpan patience) => Flowing.Value is { } limit && limit < patience ? limit : patience;

    /// <summary>Waits for a call no longer than the limit.</summary>
    /// <param name="server">Its name, for people.</param>
    /// <exception cref="ServerAwayException">There was no answer by then. The call goes on, and nobody hears of its end.</exception>
    internal static async Task<T> WaitAsync<T>(Task<T> call, string server, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (Flowing.Value is not { } limit)
            return await call;
        try
        {
            return await call.WaitAsync(limit, clock, cancellationToken);
        }
        catch (TimeoutException late) when (!call.IsCompleted)
        {
            throw new ServerAwayException(server, $"{server} does not answer within {limit.TotalSeconds:0.#} s", late);
        }
    }
}

/// <summary>A server does not answer somebody who cannot wait for it.</summary>
/// <param name="server">Its name, for people.</param>
public sealed class ServerAwayException(string server, string message, Exception inner) : IOException(message, inner)
{
    public string Server { get; } = server;
}
