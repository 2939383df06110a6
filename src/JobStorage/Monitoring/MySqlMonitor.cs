using System.Globalization;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Hangfire.Storage.Monitoring;
using MySqlConnector;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Jobs;

namespace Pipeline.JobStorage.Monitoring;

/// <summary>What Hangfire's dashboard reads. Lists come page by page from an index; counts stop at a limit, so that history does not slow it down.</summary>
internal sealed partial class MySqlMonitor(StorageParts parts) : JobStorageMonitor
{
    private const int FirstJobsOfAQueue = 5;

    private Database Database => parts.Database;

    public override IList<QueueWithTopEnqueuedJobsDto> Queues() =>
        [.. QueueNames().Select(queue =>
        {
            var (enqueued, fetched) = QueueCounts(queue);
            return new QueueWithTopEnqueuedJobsDto
            {
                Name = queue, Length = enqueued, Fetched = fetched, FirstJobs = EnqueuedJobs(queue, 0, FirstJobsOfAQueue),
            };
        })];

    public override IList<ServerDto> Servers() => Database.Query("Servers/all.sql", reader => new ServerDto
    {
        Name = reader.GetString(0),
        Queues = SerializationHelper.Deserialize<string[]>(reader.GetString(1)),
        WorkersCount = reader.GetInt32(2),
        StartedAt = reader.GetDateTime(3),
        Heartbeat = reader.GetDateTime(4),
    });

    public override JobDetailsDto? JobDetails(string jobId)
    {
        ArgumentNullException.ThrowIfNull(jobId);
        if (!JobId.TryParse(jobId, out long id) || JobRecord.Find(Database, id) is not { } record)
            return null;
        var data = record.Data();
        return new JobDetailsDto
        {
            Job = data.Job, LoadException = data.LoadException, InvocationData = data.InvocationData,
            Properties = record.Parameters, CreatedAt = record.CreatedAt, ExpireAt = record.ExpireAt,
            History = Database.Query("Monitoring/history.sql", ReadHistory, new Value("id", id)),
        };
    }

    public override StatisticsDto GetStatistics() => new()
    {
        Enqueued = Count(EnqueuedState.StateName),
        Scheduled = Count(ScheduledState.StateName),
        Processing = Count(ProcessingState.StateName),
        Failed = Count(FailedState.StateName),
        Awaiting = Count(AwaitingState.StateName),
        Succeeded = Number("Collections/counter_value.sql", new Value("key", "stats:succeeded")),
        Deleted = Number("Collections/counter_value.sql", new Value("key", "stats:deleted")),
        Recurring = SetCount("recurring-jobs"),
        Retries = SetCount("retries"),
        Queues = QueueNames().Count,
        Servers = Number("Monitoring/server_count.sql"),
    };

    public override long ScheduledCount() => Count(ScheduledState.StateName);

    public override long EnqueuedCount(string queue) => QueueCounts(queue).Enqueued;

    public override long FetchedCount(string queue) => QueueCounts(queue).Fetched;

    public override long FailedCount() => Count(FailedState.StateName);

    public override long ProcessingCount() => Count(ProcessingState.StateName);

    public override long SucceededListCount() => Count(SucceededState.StateName);

    public override long DeletedListCount() => Count(DeletedState.StateName);

    public override long AwaitingCount() => Count(AwaitingState.StateName);

    public override IDictionary<DateTime, long> SucceededByDatesCount() => Daily("succeeded");

    public override IDictionary<DateTime, long> FailedByDatesCount() => Daily("failed");

    public override IDictionary<DateTime, long> DeletedByDatesCount() => Daily("deleted");

    public override IDictionary<DateTime, long> HourlySucceededJobs() => Hourly("succeeded");

    public override IDictionary<DateTime, long> HourlyFailedJobs() => Hourly("failed");

    public override IDictionary<DateTime, long> HourlyDeletedJobs() => Hourly("deleted");

    private static StateHistoryDto ReadHistory(MySqlDataReader reader) => new()
    {
        StateName = reader.GetString(0), Reason = reader.IsDBNull(1) ? null : reader.GetString(1),
        Data = StateText.Read(reader.GetString(2)), CreatedAt = reader.GetDateTime(3),
    };

    private List<string> QueueNames() => Database.Query("Monitoring/queues.sql", reader => reader.GetString(0));

    private (long Enqueued, long Fetched) QueueCounts(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return Database.First("Monitoring/queue_counts.sql", reader => (reader.GetInt64(0), reader.GetInt64(1)), new Value("queue", queue));
    }

    private long Count(string state) => Number("Monitoring/count_jobs.sql", new("state", state), new("limit", parts.Options.DashboardCountLimit));

    private long SetCount(string set) => Number("Collections/set_count.sql", new("key", set), new("limit", parts.Options.DashboardCountLimit));

    private long Number(string path, params ReadOnlySpan<Value> values) => Database.First(path, reader => Convert.ToInt64(reader.GetValue(0)), values);

    /// <summary>Today and the six days before, by the database's clock.</summary>
    private Dictionary<DateTime, long> Daily(string kind)
    {
        var today = Now().Date;
        return Enumerable.Range(0, 7).Select(days => today.AddDays(-days)).ToDictionary(
            date => date, date => Number("Collections/counter_value.sql", new Value("key", string.Create(CultureInfo.InvariantCulture, $"stats:{kind}:{date:yyyy-MM-dd}"))));
    }

    /// <summary>The present hour and the 23 before.</summary>
    private Dictionary<DateTime, long> Hourly(string kind)
    {
        var now = Now();
        return Enumerable.Range(0, 24).Select(hours => now.AddHours(-hours)).ToDictionary(
            hour => hour, hour => Number("Collections/counter_value.sql", new Value("key", string.Create(CultureInfo.InvariantCulture, $"stats:{kind}:{hour:yyyy-MM-dd-HH}"))));
    }

    private DateTime Now() => Database.First("Servers/now.sql", reader => reader.GetDateTime(0));
}
