using System.Text.Json.Serialization;
using Pipeline.Storage.MySql;
using Pipeline.Storage.Redis;

namespace Pipeline.Jobs.Hosting;

/// <summary>Answers whether the jobs could work now.</summary>
internal static class HealthEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private sealed record Health(
        [property: JsonPropertyName("pid")] int Pid,
        [property: JsonPropertyName("healthy")] bool Healthy,
        [property: JsonPropertyName("mysql")] string MySql,
        [property: JsonPropertyName("redis")] string Redis);

    public static async Task<IResult> AnswerAsync(Database database, ServingCache cache, TimeProvider clock, CancellationToken cancellationToken)
    {
        string[] answers = await Task.WhenAll(
            AskAsync(database.PingAsync, clock, cancellationToken), AskAsync(cache.PingAsync, clock, cancellationToken));
        bool healthy = answers.All(answer => answer == "ok");
        return Results.Json(
            new Health(Environment.ProcessId, healthy, answers[0], answers[1]),
            statusCode: healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<string> AskAsync(Func<CancellationToken, Task> ask, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await ask(cancellationToken).WaitAsync(Patience, clock, cancellationToken);
            return "ok";
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The type is enough for a probe; messages may name accounts.
            return error.GetType().Name;
        }
    }
}
