using System.Diagnostics;
using System.Globalization;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.Redis.StackExchange;
using Hangfire.States;
using MySqlConnector;
using Pipeline.JobStorage;
using Pipeline.Servers;

namespace Pipeline.Benchmarks;

/// <summary>
/// Jobs through Hangfire on our storage, on Redis, and in memory, which is the ceiling; and on ours with a long past. In each round every
/// storage has the same jobs queued and drained. Redis writes its log once a second, MySQL at every commit. Two empty databases of one
/// server differ by a tenth from one turn to the next; what a long past costs is therefore the median over pairs of neighbouring turns.
/// </summary>
internal static class JobBenchmark
{
    private const int Jobs = 1_000;
    private const int Clients = 8;
    private const int Workers = 20;
    private const int Probes = 40;
    private const int History = 1_000_000;
    private const string Bar = "with a million finished jobs at least 0.90 of the rate without";

    private static CountdownEvent s_left = new(1);
    private static TaskCompletionSource<long> s_began = new();

    private sealed record Subject(string Name, Hangfire.JobStorage Storage)
    {
        public List<double> Queued { get; } = [];

        public List<double> Processed { get; } = [];

        public List<double> LatencyMs { get; } = [];
    }

    public static async Task<IReadOnlyList<Comparison>> RunAsync(int rounds, CancellationToken cancellationToken)
    {
        string address = await TestServers.MySqlAsync(), aged = await TestServers.MySqlAsync();
        using var fresh = new MySqlJobStorage(address);
        using var old = new MySqlJobStorage(aged);
        using var memory = new InMemoryStorage();
        old.Migrate();
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"writing {History:N0} finished jobs"));
        await FillAsync(aged, cancellationToken);
        Subject[] subjects =
        [
            new("our storage on MySQL", fresh),
            new("with a million finished jobs", old),
            new("Hangfire.Redis.StackExchange", new RedisStorage(await TestServers.RedisAsync())),
            new("Hangfire.InMemory", memory),
        ];
        Subject[] turns = [subjects[0], subjects[1], subjects[1], subjects[0], .. subjects];
        // The first round pays for compiling and is not counted.
        for (int round = 0; round <= rounds; round++)
        {
            Console.Error.WriteLine($"round {round} of {rounds}");
            foreach (var subject in turns)
                await MeasureAsync(subject, cancellationToken);
            if (round == 0)
                Array.ForEach(subjects, Forget);
        }
        return
        [
            Compare("jobs queued", $"per second, {Clients} clients", subjects, subject => subject.Queued, Bar),
            Compare("jobs processed", $"per second, {Workers} workers", subjects, subject => subject.Processed, Bar),
            Compare("fetch latency", "ms from queueing to the job's first line, idle workers of the same process", subjects, subject => subject.LatencyMs, "none"),
        ];
    }

    public static void Work() => s_left.Signal();

    public static void Probe() => s_began.TrySetResult(Stopwatch.GetTimestamp());

    private static Comparison Compare(string name, string unit, Subject[] subjects, Func<Subject, List<double>> values, string bar)
    {
        Series[] series = [.. subjects.Select(subject => new Series(subject.Name, values(subject)))];
        var pairs = new Series("with a long past against without", [.. series[1].Values.Zip(series[0].Values, (with, without) => with / without)]);
        return new Comparison(name, unit, series, pairs.Median, bar);
    }

    private static void Forget(Subject subject)
    {
        subject.Queued.Clear();
        subject.Processed.Clear();
        subject.LatencyMs.Clear();
    }

    private static async Task MeasureAsync(Subject subject, CancellationToken cancellationToken)
    {
        var client = new BackgroundJobClient(subject.Storage);
        s_left = new CountdownEvent(Jobs);
        long started = Stopwatch.GetTimestamp();
        Parallel.For(
            0, Jobs, new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = cancellationToken }, _ => client.Create(() => Work(), new EnqueuedState()));
        subject.Queued.Add(Jobs / Stopwatch.GetElapsedTime(started).TotalSeconds);

        started = Stopwatch.GetTimestamp();
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Workers }, subject.Storage);
        s_left.Wait(cancellationToken);
        subject.Processed.Add(Jobs / Stopwatch.GetElapsedTime(started).TotalSeconds);

        for (int i = 0; i < Probes; i++)
        {
            // The workers are idle again.
            await Task.Delay(50, cancellationToken);
            s_began = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            client.Create(() => Probe(), new EnqueuedState());
            long queued = Stopwatch.GetTimestamp();
            long began = await s_began.Task.WaitAsync(cancellationToken);
            // A worker may be quicker than the client's way back.
            subject.LatencyMs.Add(Math.Max(0, Stopwatch.GetElapsedTime(queued, began).TotalMilliseconds));
        }
    }

    /// <summary>A past: finished jobs as Hangfire leaves them, with two parameters and three states each.</summary>
    private static async Task FillAsync(string address, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(address);
        await connection.OpenAsync(cancellationToken);
        const int Batch = 20_000;
        const string Data = """{"SucceededAt":"2026-01-01T00:00:00.0000000Z","PerformanceDuration":"10","Latency":"20"}""";
        await ExecuteAsync($"SET SESSION cte_max_recursion_depth = {Batch}");
        for (int first = 1; first <= History; first += Batch)
        {
            string numbers = $"WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first + Batch - 1})";
            await ExecuteAsync($"""
                INSERT INTO hangfire_job (id, invocation_data, created_at, expire_at, state_id, state_name)
                  {numbers} SELECT i, REPEAT('x', 200), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 DAY, i * 3, 'Succeeded' FROM n;
                INSERT INTO hangfire_job_state (id, job_id, name, created_at, data)
                  {numbers} SELECT i * 3 - s.back, i, s.name, UTC_TIMESTAMP(6), '{Data}'
                    FROM n JOIN (SELECT 2 AS back, 'Enqueued' AS name UNION ALL SELECT 1, 'Processing' UNION ALL SELECT 0, 'Succeeded') s;
                INSERT INTO hangfire_job_parameter (job_id, name, value)
                  {numbers} SELECT i, p.name, '"en-US"' FROM n JOIN (SELECT 'CurrentCulture' AS name UNION ALL SELECT 'CurrentUICulture') p;
                """);
        }
        await ExecuteAsync($"UPDATE hangfire_job_id SET next = {History + 1}");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
