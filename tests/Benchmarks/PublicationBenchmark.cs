using System.Data;
using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Pipeline.Servers;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Runs;

namespace Pipeline.Benchmarks;

/// <summary>Writing a generation's lists to MySQL, against one bare LOAD DATA LOCAL and bare multi-row inserts of the same finished rows.</summary>
internal static class PublicationBenchmark
{
    private const int Members = 20_000;
    private const int RowsPerInsert = 500;

    public static async Task<Comparison> RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var lists = SampleLists.Of(Members);
        List<double> load = [], insert = [], ours = [];
        // The first round pays for compiling, ours and the driver's, and is not counted.
        for (int round = 0; round <= rounds; round++)
        {
            Console.Error.WriteLine($"round {round} of {rounds}");
            load.Add(await LoadAsync(lists, cancellationToken));
            insert.Add(await InsertAsync(lists, cancellationToken));
            ours.Add(await PublishAsync(lists, cancellationToken));
        }
        foreach (var rates in (List<double>[])[load, insert, ours])
            rates.RemoveAt(0);

        var series = new Series[] { new("bare LOAD DATA LOCAL", load), new("bare multi-row insert", insert), new("generation store", ours) };
        return new Comparison(
            "publication", "rows/s", series, series[2].Median / Math.Max(series[0].Median, series[1].Median), "at least 0.8 of the faster of the two bare ways");
    }

    private static async Task<double> LoadAsync(IReadOnlyList<RecommendationList> lists, CancellationToken cancellationToken)
    {
        await using var connection = await BareTableAsync(cancellationToken);
        using var rows = new DataTable();
        rows.Columns.Add("generation_id", typeof(long));
        rows.Columns.Add("user_id", typeof(long));
        rows.Columns.Add("items", typeof(string));
        foreach (var list in lists)
            rows.Rows.Add(1L, list.UserId, ItemsJson.Write(list.Items));
        long start = Stopwatch.GetTimestamp();
        await new MySqlBulkCopy(connection) { DestinationTableName = "bare" }.WriteToServerAsync(rows, cancellationToken);
        return lists.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> InsertAsync(IReadOnlyList<RecommendationList> lists, CancellationToken cancellationToken)
    {
        await using var connection = await BareTableAsync(cancellationToken);
        var rows = lists.Select(list => (list.UserId, Items: ItemsJson.Write(list.Items))).ToArray();
        long start = Stopwatch.GetTimestamp();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var chunk in rows.Chunk(RowsPerInsert))
        {
            await using var command = new MySqlCommand(
                "INSERT INTO bare VALUES " + string.Join(',', Enumerable.Range(0, chunk.Length).Select(i => $"(1,@u{i},@i{i})")), connection, transaction);
            for (int i = 0; i < chunk.Length; i++)
            {
                command.Parameters.AddWithValue($"@u{i}", chunk[i].UserId);
                command.Parameters.AddWithValue($"@i{i}", chunk[i].Items);
            }
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return lists.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<MySqlConnection> BareTableAsync(CancellationToken cancellationToken)
    {
        var builder = new MySqlConnectionStringBuilder(await TestServers.MySqlAsync()) { AllowLoadLocalInfile = true };
        var connection = new MySqlConnection(builder.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(
            "CREATE TABLE bare (generation_id BIGINT NOT NULL, user_id BIGINT NOT NULL, items JSON NOT NULL, PRIMARY KEY (generation_id, user_id))");
        return connection;
    }

    private static async Task<double> PublishAsync(IReadOnlyList<RecommendationList> lists, CancellationToken cancellationToken)
    {
        await using var database = new Database(await TestServers.MySqlAsync(), TimeProvider.System, NullLogger<Database>.Instance);
        await new Schema(database, Schema.Embedded, NullLogger<Schema>.Instance).MigrateAsync(cancellationToken);
        var opened = await new RunStore(database).OpenAsync(
            new RunRequest("benchmark", null, TestServers.FreshName(), TimeSpan.FromMinutes(5), "{}", "benchmark"), cancellationToken);
        var store = new GenerationStore(database);
        long generation = await store.CreateAsync(GenerationStore.GlobalScope, opened.Lease!.Value, null, cancellationToken);
        long start = Stopwatch.GetTimestamp();
        foreach (var batch in lists.Chunk(Jobs.Publication.Publisher.ListsPerBatch))
            await store.WriteAsync(generation, batch, cancellationToken);
        return lists.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
