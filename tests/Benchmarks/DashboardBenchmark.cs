using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using Pipeline.Dashboard;
using Pipeline.Jobs;
using Pipeline.Jobs.Hosting;
using Pipeline.Servers;
using Pipeline.Storage;
using Pipeline.Storage.MySql;

namespace Pipeline.Benchmarks;

/// <summary>
/// How long the dashboard's pages take while many look at them: 10,000 runs, a million log lines, 500 model versions, and 100 viewers who
/// each load another page every five seconds, which is also how often an open page follows by itself. They may see all pages, so each has
/// the role of an admin.
/// </summary>
internal static class DashboardBenchmark
{
    private const int Viewers = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly string[] Pages =
    [
        "/", "/runs", "/runs?job=popularity&state=failed", "/runs?text=seed", "/runs/10000", "/runs/10000?before=500000", "/runs/9999/cancel",
        "/jobs", "/jobs/train-recommendations/run", "/jobs/popularity/backfill", "/jobs/popularity/schedule", "/models", "/models/500", "/models/500/promote",
        "/models/compare?id=500&id=499&id=498", "/generations", "/generations/499/roll-back", "/titles", "/why?user=42", "/ingest", "/servers", "/account",
        "/operators", "/operators/1", "/erasures", "/erasures/100", "/audit", "/audit?actor=operator&action=run",
    ];

    public static async Task<Comparison> RunAsync(int rounds, CancellationToken cancellationToken)
    {
        string mySql = await TestServers.MySqlAsync();
        string folder = Directory.CreateTempSubdirectory("dashboard-benchmark-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "key"), new string('k', 32), cancellationToken);
        var app = JobsHost.Build(
            new Addresses(mongo: await TestServers.MongoAsync(), mySql: mySql, redis: await TestServers.RedisAsync()),
            new JobsSettings
            {
                Http = "http://127.0.0.1:0",
                Dashboard = new DashboardSettings
                {
                    KeyFile = Path.Combine(folder, "key"), AuditAnchor = Path.Combine(folder, "anchor"),
                    Clients = [IPNetwork.Parse("10.0.0.0/8")], Forwarders = [IPNetwork.Parse("127.0.0.0/8")],
                },
            });
        await app.Services.GetRequiredService<Schema>().MigrateAsync(cancellationToken);
        await FillAsync(mySql);
        await app.StartAsync(cancellationToken);
        var (times, address) = (Pages.ToDictionary(page => page, _ => new ConcurrentBag<double>()), new Uri(app.Urls.Single()));
        var tokens = await Task.WhenAll(Enumerable.Range(0, Viewers).Select(_ => SessionAsync(mySql)));
        await Task.WhenAll(tokens.Select((token, number) => LookAsync(address, token, number, rounds, times, cancellationToken)));
        await app.StopAsync(cancellationToken);
        Directory.Delete(folder, recursive: true);
        return new Comparison(
            "dashboard", "ms, 95th percentile of a page", [.. times.Select(page => new Series(page.Key, [Percentile(page.Value, 0.95)]))], Ratio: null,
            "every page at most 200 ms on 2 cores");
    }

    private static async Task LookAsync(
        Uri address, string token, int number, int rounds, Dictionary<string, ConcurrentBag<double>> times, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = address };
        client.DefaultRequestHeaders.Add("Cookie", $"__Host-pipeline-session={token}");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", $"10.1.0.{number}");
        // They do not come in step.
        await Task.Delay(Pause * number / Viewers, cancellationToken);
        for (int visit = 0; visit < rounds * Pages.Length; visit++)
        {
            string page = Pages[(visit + number) % Pages.Length];
            long started = Stopwatch.GetTimestamp();
            using (var answer = await client.GetAsync(page, cancellationToken))
            {
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            }
            // The first visit of all compiles the page.
            if (visit >= 1 || number >= Pages.Length)
                times[page].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static double Percentile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length) - 1)];
    }

    private static async Task<string> SessionAsync(string mySql)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        await using var connection = new MySqlConnection(mySql);
        await connection.ExecuteAsync(
            """
            INSERT INTO operator_session (token_hash, operator_id, address, user_agent, created_at, last_seen_at, expires_at)
            VALUES (@hash, 1, '', '', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 HOUR)
            """, new { hash = SHA256.HashData(secret) });
        return Base64Url.EncodeToString(secret);
    }

    private static async Task FillAsync(string mySql)
    {
        await using var connection = new MySqlConnection(mySql);
        await connection.ExecuteAsync(
            """
            SET SESSION cte_max_recursion_depth = 1000000;
            INSERT INTO operator (operator_id, name, role, password_hash, created_at) VALUES (1, 'operator', 'admin', 'x', UTC_TIMESTAMP(3));
            INSERT INTO job_run (run_id, job, scheduled_at, attempt, state, fencing_token, lease_owner, lease_until, heartbeat_at, started_at, finished_at, parameters, metrics, reason, requested_by, log_lines)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            SELECT i, IF(i % 20 = 0, 'train-recommendations', 'popularity'), UTC_TIMESTAMP(3) - INTERVAL 10000 - i MINUTE, 1, IF(i % 50 = 1, 'failed', 'succeeded'), i, 'host/1/abc',
                   UTC_TIMESTAMP(3) - INTERVAL 10000 - i MINUTE, UTC_TIMESTAMP(3) - INTERVAL 10000 - i MINUTE, UTC_TIMESTAMP(3) - INTERVAL 10001 - i MINUTE, UTC_TIMESTAMP(3) - INTERVAL 10000 - i MINUTE,
                   '{"rank": 64, "seed": 1, "alpha": 0.1, "top-k": 50}', '{"rows": 1000, "events": 200000, "ndcg@20": 0.21}', NULL, 'the timetable', 60
              FROM n;
            INSERT INTO job_run_event (run_id, attempt, state, happened_at, reason) SELECT run_id, 1, state, finished_at, reason FROM job_run;
            INSERT INTO job_run_log (run_id, attempt, logged_at, message)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
            SELECT IF(i <= 500000, 10000, 1 + i % 9999), 1, UTC_TIMESTAMP(3), CONCAT('line ', i, ' of a run that says a good deal about what it does') FROM n;
            INSERT INTO model (model_id, run_id, algorithm, parameters, data_digest, metrics, training_seconds, artifact_path, artifact_digest, state, created_at)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 500)
            SELECT i, i * 20, 'ials', '{"rank": 64, "alpha": 0.1}', REPEAT('d', 64), '{"ndcg@20": 0.2, "loss": 0.1}', 12, 'a', REPEAT('a', 64), 'published', UTC_TIMESTAMP(3) FROM n;
            INSERT INTO generation (scope, run_id, model_id, fencing_token, state, lists, created_at, published_at)
            SELECT 'global', run_id, model_id, run_id, 'published', 5000, created_at, created_at FROM model;
            INSERT INTO serving_pointer (scope, generation_id, previous_generation_id, fencing_token, flipped_at) VALUES ('global', 500, 499, 10000, UTC_TIMESTAMP(3));
            INSERT INTO serving_flip (scope, fencing_token, generation_id, previous_generation_id, run_id, flipped_at)
            SELECT scope, fencing_token, generation_id, NULLIF(generation_id - 1, 0), run_id, created_at FROM generation;
            INSERT INTO popularity_history (region, hour_at, content_id, rank_no, views, unique_viewers, hours_watched, score)
            WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 16799)
            SELECT 'ALL', TIMESTAMP(DATE(UTC_TIMESTAMP())) - INTERVAL i DIV 100 HOUR, 1 + i % 100, 1 + i % 100, 100 - i % 100, 10, 10, 1 FROM n;
            INSERT INTO title (content_id, name_ko, name_en, genres, language, runtime_seconds)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            SELECT i, CONCAT('제목 ', i), CONCAT('Title ', i), '["drama"]', 'ko', 3600 FROM n;
            INSERT INTO recommendation (generation_id, user_id, items)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 50)
            SELECT 500, 42, JSON_ARRAYAGG(JSON_OBJECT('contentId', i, 'score', 1 / i, 'reason', JSON_OBJECT('kind', 'because-you-watched', 'contentId', i + 1))) FROM n;
            INSERT INTO audit_entry (sequence_no, happened_at, actor, address, action, subject, was, became, mac)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            SELECT i, UTC_TIMESTAMP(3), IF(i % 3 = 0, 'operator', 'another'), '10.1.0.1', IF(i % 5 = 0, 'run', 'sign-in'), CONCAT('run ', i), NULL, '{"rank": 64}', REPEAT('m', 32) FROM n;
            INSERT INTO erasure (erasure_id, member_digest, requested_by, requested_at, next_try_at, barred_at, events, refused, lists, cached, models, completed_at)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            SELECT i, UNHEX(LEFT(SHA2(i, 256), 32)), 'operator', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), 1000, 1, 8, 1, 500, UTC_TIMESTAMP(3) FROM n;
            """, commandTimeout: 600);
    }
}
