using System.Globalization;
using MySqlConnector;
using Pipeline.JobStorage.Data;

namespace Pipeline.JobStorage.Maintenance;

/// <summary>
/// Removes what has expired and adds counters up, in transactions of bounded size. Any number of servers may do it at once; jobs and
/// counters that another is at they skip.
/// </summary>
internal sealed class Upkeep(StorageParts parts)
{
    /// <summary>A pass ends after this many transactions, whatever is left for the next.</summary>
    private const int MostBatches = 200;
    private const int CounterBatch = 2_000;

    private static readonly string[] Collections =
    [
        "Maintenance/expire_sets.sql", "Maintenance/expire_hashes.sql", "Maintenance/expire_lists.sql", "Maintenance/expire_counters.sql",
        "Locks/expire_holders.sql", "Locks/expire_waiters.sql",
    ];

    private Database Database => parts.Database;

    /// <summary>Removes expired jobs, sets, hashes, lists, counters and locks and places in line that nobody came back to.</summary>
    /// <returns>How many rows.</returns>
    public int Expire(CancellationToken cancellationToken)
    {
        int batch = parts.Options.ExpirationBatch;
        int removed = Repeated(batch, () => ExpireJobs(batch), cancellationToken);
        foreach (string statement in Collections)
            removed += Repeated(batch, () => Database.Execute(statement, new Value("count", batch)), cancellationToken);
        if (removed > 0)
            JobStorageLog.Expired(parts.Log, removed);
        return removed;
    }

    /// <summary>Moves increments into totals.</summary>
    /// <returns>How many.</returns>
    public int Aggregate(CancellationToken cancellationToken)
    {
        int added = Repeated(CounterBatch, () => AddUp(CounterBatch), cancellationToken);
        if (added > 0)
            JobStorageLog.Aggregated(parts.Log, added);
        return added;
    }

    /// <summary>Tells the metrics how long the first job of each queue has been waiting.</summary>
    public void MeasureQueues()
    {
        var ages = Database.Query("Queues/ages.sql", reader => (Queue: reader.GetString(0), Seconds: Convert.ToDouble(reader.GetValue(1)) / 1e6));
        JobStorageMetrics.Waiting(
            Database.Place, ages.Where(age => age.Seconds >= 0).ToDictionary(age => age.Queue, age => age.Seconds, StringComparer.Ordinal));
    }

    private static int Repeated(int batch, Func<int> pass, CancellationToken cancellationToken)
    {
        int total = 0;
        for (int i = 0; i < MostBatches; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int done = pass();
            total += done;
            if (done < batch)
                break;
        }
        return total;
    }

    private int ExpireJobs(int batch) => Database.Transact(transaction =>
    {
        var ids = transaction.Send([Database.Statement("Maintenance/expired_jobs.sql", new Value("count", batch))], reader => Rows(reader, row => row.GetInt64(0)));
        if (ids.Count > 0)
            transaction.Send(Deletion("Maintenance/delete_jobs.sql", ids));
        return ids.Count;
    });

    private int AddUp(int batch) => Database.Transact(transaction =>
    {
        var taken = transaction.Send(
            [Database.Statement("Maintenance/take_counters.sql", new Value("count", batch))],
            reader => Rows(reader, row => (Id: row.GetInt64(0), Name: row.GetString(1), Value: row.GetInt64(2), ExpireAt: row.IsDBNull(3) ? (DateTime?)null : row.GetDateTime(3))));
        if (taken.Count == 0)
            return 0;
        // In one order, so that servers that add up together wait for each other and do not cross.
        var sums = taken.GroupBy(row => row.Name).OrderBy(group => group.Key, StringComparer.Ordinal).Select(counter => Database.Statement(
            "Maintenance/add_to_total.sql",
            new("key", counter.Key), new("value", counter.Sum(row => row.Value)), new("expireAt", counter.Max(row => row.ExpireAt))));
        transaction.Send(sums.Append(Deletion("Maintenance/delete_counters.sql", taken.Select(row => row.Id))));
        return taken.Count;
    });

    private static List<T> Rows<T>(MySqlDataReader reader, Func<MySqlDataReader, T> row)
    {
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    private Statement Deletion(string path, IEnumerable<long> ids) =>
        new(Database.Sql[path].Replace("{ids}", string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture))), StringComparison.Ordinal), []);
}
