using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using Pipeline.Dashboard.Texts;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.Redis;

namespace Pipeline.Dashboard.Pages;

/// <summary>How a server answered just now.</summary>
/// <param name="Milliseconds">Null where it was not asked.</param>
/// <param name="Says">What it said, or why it was not asked.</param>
/// <param name="Error">Why it did not; the kind of error only, since messages may name accounts.</param>
public sealed record ServerAnswer(string Name, double? Milliseconds, string Says, string? Error)
{
    /// <summary>Whether it answered something that somebody has to look at.</summary>
    public bool IsTrouble { get; init; }

    public string State => Error is not null ? "silent" : Milliseconds is null ? "not asked" : IsTrouble ? "trouble" : "answers";
}

/// <summary>A step of the schema.</summary>
/// <param name="AppliedAt">When the database took it; null where it has not.</param>
/// <param name="IsKnown">False for what a newer program than this has done.</param>
public sealed record SchemaStep(int Version, string Name, DateTime? AppliedAt, bool IsKnown);

public sealed class ServersModel(
    Database database, ServingCache cache, Schema schema, AnchorWatch anchors, DashboardSettings settings, IJobControl jobs, IServiceProvider services,
    Words words, TimeProvider clock) : PageModel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly HttpClient Client = new() { Timeout = Patience };

    /// <summary>Workers give a sign of life every half minute.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    public IReadOnlyList<ServerAnswer> Answers { get; private set; } = [];

    /// <summary>Every step that this program knows or the database has taken, the newest first.</summary>
    public IReadOnlyList<SchemaStep> Steps { get; private set; } = [];

    /// <summary>The jobs workers that share the database.</summary>
    public IReadOnlyList<JobNode> Nodes { get; private set; } = [];

    /// <summary>Null where MySQL does not say.</summary>
    private IReadOnlyList<AppliedMigration>? _applied;

    public async Task OnGetAsync()
    {
        Answers = await Task.WhenAll(
            [
                AskAsync("MySQL", MySqlAsync), AskAsync("Redis", RedisAsync), AskAsync("MongoDB", MongoAsync), AuditAsync(),
                settings.Kafka is { } kafka ? AskAsync("Kafka", token => KafkaAsync(kafka, token))
                    : Task.FromResult(new ServerAnswer("Kafka", null, words["This worker was not told where it is: PIPELINE_KAFKA is not set."], null)),
                .. settings.IngestWorkers.Select(worker => AskAsync($"Ingest {worker.Authority}", token => IngestAsync(worker, token))),
            ]);
        if (_applied is null)
            return;
        var known = Schema.Embedded.Select(step => new SchemaStep(step.Version, step.Name, _applied.FirstOrDefault(taken => taken.Version == step.Version)?.At, true));
        var newer = _applied.Where(taken => taken.Version > Schema.Embedded[^1].Version).Select(taken => new SchemaStep(taken.Version, taken.Name, taken.At, false));
        Steps = [.. known.Concat(newer).OrderByDescending(step => step.Version)];
        Nodes = await jobs.NodesAsync(HttpContext.RequestAborted);
    }

    /// <summary>As <see cref="ServerAnswer.State"/>.</summary>
    public string State(JobNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return clock.GetUtcNow().UtcDateTime - (node.HeartbeatAt ?? node.StartedAt) > LongestSilence ? "silent" : "answers";
    }

    private async Task<string> MySqlAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        string? version = await connection.ExecuteScalarAsync<string>("SELECT VERSION()");
        _applied = await schema.AppliedAsync(cancellationToken);
        string step = _applied is [.., var newest] ? words["schema {0} ({1})", newest.Version, newest.Name] : words["no schema"];
        return $"{version}; {database.Place}; {step}";
    }

    /// <summary>The audit's chain against the anchors of the machine that answers.</summary>
    private async Task<ServerAnswer> AuditAsync()
    {
        var trouble = AnchorTrouble.None;
        var answer = await AskAsync(words["Audit"], async token =>
        {
            var standing = await anchors.LookAsync(token);
            trouble = standing.Trouble;
            return standing.Trouble switch
            {
                AnchorTrouble.HeadMissing => words["its head is missing: nothing that is audited can be done"],
                AnchorTrouble.Cut => words["it ends with entry {0}, but entry {1} is anchored here: its end was cut off", standing.Last, standing.Anchored],
                AnchorTrouble.Behind => words["entry {0} of {1} UTC and those after it are not anchored here", standing.Anchored + 1, $"{standing.Since:yyyy-MM-dd HH:mm:ss}"],
                _ => words["{0} entries, anchored here up to {1}", standing.Last, standing.Anchored],
            };
        });
        return answer with { IsTrouble = trouble != AnchorTrouble.None };
    }

    private async Task<string> RedisAsync(CancellationToken cancellationToken)
    {
        await cache.PingAsync(cancellationToken);
        return $"{cache.ServerVersion}; {words["generation {0}", (object?)await cache.ServedGenerationAsync(cancellationToken) ?? "–"]}";
    }

    private async Task<string> MongoAsync(CancellationToken cancellationToken)
    {
        // Asked for here: a host without an address for it still shows the others.
        var mongo = services.GetRequiredService<IMongoDatabase>();
        var answer = await mongo.RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1), cancellationToken: cancellationToken);
        return $"{answer["version"].AsString}; {mongo.DatabaseNamespace.DatabaseName}";
    }

    private async Task<string> KafkaAsync(string servers, CancellationToken cancellationToken)
    {
        var cluster = await KafkaCluster.AskAsync(servers, cancellationToken);
        return $"{words["{0} brokers", cluster.Brokers]}{(cluster.Id is null ? "" : $"; {cluster.Id}")}";
    }

    private async Task<string> IngestAsync(Uri worker, CancellationToken cancellationToken)
    {
        using var answer = await Client.GetAsync(new Uri(worker, "/health"), cancellationToken);
        using var health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        var root = health.RootElement;
        var down = root.GetProperty("down").EnumerateObject().Select(server => $"; {server.Name}: {server.Value.GetString()}");
        string status = words[root.GetProperty("status").ValueEquals("healthy") ? "healthy" : "unhealthy"];
        string version = root.TryGetProperty("version", out var build) ? build.GetString() + "; " : "";
        return $"{version}{status}; {words["lag {0}", root.GetProperty("lag").GetInt64()]}{string.Concat(down)}";
    }

    private async Task<ServerAnswer> AskAsync(string name, Func<CancellationToken, Task<string>> ask)
    {
        long started = clock.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(HttpContext.RequestAborted);
        try
        {
            string says = await ask(end.Token).WaitAsync(Patience, clock, end.Token);
            return new ServerAnswer(name, clock.GetElapsedTime(started).TotalMilliseconds, says, null);
        }
        catch (Exception error) when (!HttpContext.RequestAborted.IsCancellationRequested)
        {
            return new ServerAnswer(name, clock.GetElapsedTime(started).TotalMilliseconds, "", error.GetType().Name);
        }
        finally
        {
            // Nobody waits any more for one that took too long.
            await end.CancelAsync();
        }
    }
}
