using Dapper;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql;
using Pipeline.Storage.Redis;

namespace Pipeline.Dashboard.Pages;

/// <summary>How a server answered just now.</summary>
/// <param name="Error">Why it did not; the kind of error only, since messages may name accounts.</param>
public sealed record ServerAnswer(string Name, double Milliseconds, string Says, string? Error);

public sealed class ServersModel(Database database, ServingCache cache, TimeProvider clock) : PageModel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public IReadOnlyList<ServerAnswer> Answers { get; private set; } = [];

    public async Task OnGetAsync() => Answers = await Task.WhenAll(AskAsync("MySQL", MySqlAsync), AskAsync("Redis", RedisAsync));

    private async Task<string> MySqlAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        string? version = await connection.ExecuteScalarAsync<string>("SELECT VERSION()");
        return $"{version}; {database.Place}; schema {Schema.Embedded[^1].Version} ({Schema.Embedded[^1].Name})";
    }

    private async Task<string> RedisAsync(CancellationToken cancellationToken)
    {
        await cache.PingAsync(cancellationToken);
        return $"generation {await cache.ServedGenerationAsync(cancellationToken)}";
    }

    private async Task<ServerAnswer> AskAsync(string name, Func<CancellationToken, Task<string>> ask)
    {
        long started = clock.GetTimestamp();
        try
        {
            string says = await ask(HttpContext.RequestAborted).WaitAsync(Patience, clock, HttpContext.RequestAborted);
            return new ServerAnswer(name, clock.GetElapsedTime(started).TotalMilliseconds, says, null);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new ServerAnswer(name, clock.GetElapsedTime(started).TotalMilliseconds, "", error.GetType().Name);
        }
    }
}
