using System.Globalization;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage.Monitoring;
using Pipeline.JobStorage.Data;
using Pipeline.JobStorage.Jobs;

namespace Pipeline.JobStorage.Monitoring;

/// <content>Lists of jobs: those that wait or run from the oldest on, those that ended from the newest back.</content>
internal sealed partial class MySqlMonitor
{
    private const string Oldest = "Monitoring/jobs_ascending.sql";
    private const string Newest = "Monitoring/jobs_descending.sql";

    public override JobList<EnqueuedJobDto> EnqueuedJobs(string queue, int from, int perPage) =>
        OfQueue("Monitoring/enqueued.sql", queue, from, perPage, row => new EnqueuedJobDto
        {
            Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, StateData = row.Data, State = row.State,
            InEnqueuedState = row.InState, EnqueuedAt = row.Since,
        });

    public override JobList<FetchedJobDto> FetchedJobs(string queue, int from, int perPage)
    {
        ArgumentNullException.ThrowIfNull(queue);
        var read = JobRow.Reader(ProcessingState.StateName);
        return new JobList<FetchedJobDto>(Database.Query(
            "Monitoring/fetched.sql",
            reader =>
            {
                var row = read(reader);
                return KeyValuePair.Create(row.Id, new FetchedJobDto
                {
                    Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, State = row.State,
                    FetchedAt = reader.IsDBNull(6) ? null : reader.GetDateTime(6),
                });
            },
            new("queue", queue), new("offset", from), new("count", perPage)));
    }

    public override JobList<ProcessingJobDto> ProcessingJobs(int from, int count) =>
        OfState(Oldest, ProcessingState.StateName, from, count, row => new ProcessingJobDto
        {
            Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, StateData = row.Data,
            InProcessingState = row.InState, ServerId = row.Field("ServerId"), StartedAt = row.Since,
        });

    public override JobList<ScheduledJobDto> ScheduledJobs(int from, int count) =>
        OfState(Oldest, ScheduledState.StateName, from, count, row => new ScheduledJobDto
        {
            Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, StateData = row.Data,
            InScheduledState = row.InState, ScheduledAt = row.Since,
            EnqueueAt = JobHelper.DeserializeNullableDateTime(row.Field("EnqueueAt")) ?? DateTime.MinValue,
        });

    public override JobList<SucceededJobDto> SucceededJobs(int from, int count) =>
        OfState(Newest, SucceededState.StateName, from, count, row => new SucceededJobDto
        {
            Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, StateData = row.Data,
            InSucceededState = row.InState, SucceededAt = row.Since, Result = row.Field("Result"),
            TotalDuration = Milliseconds(row, "PerformanceDuration") + Milliseconds(row, "Latency"),
        });

    public override JobList<FailedJobDto> FailedJobs(int from, int count) =>
        OfState(Newest, FailedState.StateName, from, count, row => new FailedJobDto
        {
            Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, StateData = row.Data,
            InFailedState = row.InState, FailedAt = row.Since, Reason = row.Reason,
            ExceptionType = row.Field("ExceptionType"), ExceptionMessage = row.Field("ExceptionMessage"), ExceptionDetails = row.Field("ExceptionDetails"),
        });

    public override JobList<DeletedJobDto> DeletedJobs(int from, int count) =>
        OfState(Newest, DeletedState.StateName, from, count, row => new DeletedJobDto
        {
            Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, StateData = row.Data,
            InDeletedState = row.InState, DeletedAt = row.Since,
        });

    public override JobList<AwaitingJobDto> AwaitingJobs(int from, int count) =>
        OfState(Oldest, AwaitingState.StateName, from, count, row => new AwaitingJobDto
        {
            Job = row.Job, LoadException = row.LoadException, InvocationData = row.Invocation, StateData = row.Data,
            InAwaitingState = row.InState, AwaitingAt = row.Since, ParentStateName = ParentState(row.Field("ParentId")),
        });

    private static long? Milliseconds(JobRow row, string field) =>
        row.Field(field) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private string? ParentState(string? parent) =>
        parent is not null && JobId.TryParse(parent, out long id)
            ? Database.First("Monitoring/state_name.sql", reader => reader.IsDBNull(0) ? null : reader.GetString(0), new Value("id", id))
            : null;

    private JobList<T> OfState<T>(string path, string state, int from, int count, Func<JobRow, T> make) =>
        List(path, state, make, new("state", state), new("offset", from), new("count", count));

    private JobList<T> OfQueue<T>(string path, string queue, int from, int count, Func<JobRow, T> make)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return List(path, EnqueuedState.StateName, make, new("queue", queue), new("offset", from), new("count", count));
    }

    /// <summary>Rows first, objects after: an object may ask the database for more.</summary>
    private JobList<T> List<T>(string path, string state, Func<JobRow, T> make, params ReadOnlySpan<Value> values) =>
        new(Database.Query(path, JobRow.Reader(state), values).Select(row => KeyValuePair.Create(row.Id, make(row))));
}
