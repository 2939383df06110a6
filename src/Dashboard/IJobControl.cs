using System.Text.Json.Serialization;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Dashboard;

/// <summary>What kind of value a setting of a job takes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SettingKind>))]
public enum SettingKind
{
    Text,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>Any number.</summary>
    Number,
}

/// <summary>A setting of a job.</summary>
/// <param name="Meaning">What it does, and its unit; English.</param>
/// <param name="Range">What it may be; empty for any text.</param>
/// <param name="Default">The value where none is given; empty for what the job decides when it runs.</param>
public sealed record JobSetting(string Name, string Meaning, string Range, string Default)
{
    /// <summary>Of a number, the range has its bounds: <c>least to most</c>.</summary>
    public SettingKind Kind { get; init; }

    /// <summary>The bounds of a number as a form's field takes them; null for a text.</summary>
    internal (string Least, string Most)? Bounds => Kind != SettingKind.Text && Range.Split(" to ") is [var least, var most] ? (least, most) : null;
}

/// <summary>How the runs of a job are treated.</summary>
/// <param name="Attempts">Of a run that fails, for the timetable.</param>
/// <param name="Pause">Before the second attempt; doubled before each further one.</param>
/// <param name="Limit">That an attempt may take; null for any time.</param>
/// <param name="Queues">Whether a time of the timetable waits while a run is going on; else it is skipped.</param>
public sealed record JobRules(int Attempts, TimeSpan Pause, TimeSpan? Limit, bool Queues);

/// <summary>A job as its host knows it.</summary>
/// <param name="Cron">Null for what runs on request only.</param>
/// <param name="OwnCron">What the timetable says, where no operator has changed it.</param>
/// <param name="Zone">Whose times the cron expression means, as IANA names it.</param>
/// <param name="Next">The next times, UTC; while it is paused, those that will be skipped.</param>
/// <param name="Held">What operators have changed; null where nothing ever was.</param>
/// <param name="CanBackfill">Whether it can be computed for times that are over.</param>
public sealed record JobDescription(
    string Name, IReadOnlyList<JobSetting> Settings, string? Cron, string? OwnCron, string Zone, IReadOnlyList<DateTime> Next, JobRules Rules, JobSchedule? Held,
    bool CanBackfill)
{
    public string? PausedBy => Held?.PausedBy;
}

/// <summary>A time that a backfill computes.</summary>
/// <param name="At">UTC.</param>
/// <param name="Known">Whether something was computed for it before, and will be replaced.</param>
public readonly record struct BackfillTime(DateTime At, bool Known);

/// <summary>What a backfill would do, or does.</summary>
/// <param name="Complaint">What is wrong with the wish; then nothing is done.</param>
public sealed record BackfillPlan(IReadOnlyList<BackfillTime> Times, string? Complaint);

/// <summary>A worker that runs jobs.</summary>
/// <param name="Name">Its machine and process.</param>
/// <param name="Version">Of its program; null where it does not say.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="HeartbeatAt">UTC; null before the first.</param>
/// <param name="Workers">Jobs that it runs at a time.</param>
public sealed record JobNode(string Name, string? Version, DateTime StartedAt, DateTime? HeartbeatAt, int Workers);

/// <summary>What the dashboard asks of the host that runs the jobs. The host does not ask back who may: that is decided here.</summary>
public interface IJobControl
{
    /// <summary>The jobs that people start or plan, by name.</summary>
    Task<IReadOnlyList<JobDescription>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The workers that run jobs, those that ended without a word too, until they are forgotten.</summary>
    Task<IReadOnlyList<JobNode>> NodesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Checks a request and puts it into the queue. Its run appears in the ledger when a worker takes it, and changes nothing that readers
    /// get: a model is registered and not published, popularity goes into its history.
    /// </summary>
    /// <param name="settings">Texts such as <c>rank=64</c>; those that keep their default may be left out.</param>
    /// <returns>Null, or what is wrong with the request; then nothing was queued.</returns>
    Task<string?> StartAsync(string job, IReadOnlyList<string> settings, Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// Puts a run that did not end well into the queue once more, with its parameters and as its next attempt. It changes nothing that readers
    /// get, whoever asked for it before.
    /// </summary>
    /// <returns>Null, or why it cannot be.</returns>
    Task<string?> RetryAsync(long runId, Actor actor, CancellationToken cancellationToken);

    /// <summary>Why a run cannot be tried again, or null where it can: it went well, goes on, or is one of those that ask for a code each time.</summary>
    string? RetryComplaint(RunRecord run);

    /// <summary>Times of the timetable are skipped until it is resumed.</summary>
    Task PauseAsync(string job, Actor actor, CancellationToken cancellationToken);

    Task ResumeAsync(string job, Actor actor, CancellationToken cancellationToken);

    /// <summary>The next times of a cron expression.</summary>
    /// <returns>UTC times, or what is wrong with it.</returns>
    (IReadOnlyList<DateTime> Next, string? Complaint) Preview(string cron);

    /// <summary>Changes when and how a job runs.</summary>
    /// <returns>Null, or what is wrong with the change; then nothing was changed.</returns>
    Task<string?> ChangeScheduleAsync(string job, ScheduleChange change, Actor actor, CancellationToken cancellationToken);

    /// <summary>Computes a job for the timetable's times of a range that is over, one after another, in a run of its own.</summary>
    /// <param name="actor">Null to see only what would be done.</param>
    Task<BackfillPlan> BackfillAsync(string job, DateTime from, DateTime to, Actor? actor, CancellationToken cancellationToken);

    /// <summary>Puts the promotion of a model of the registry into the queue, as a run of its own: it passes the gate, or is not published.</summary>
    Task PromoteAsync(long model, Actor actor, CancellationToken cancellationToken);

    /// <summary>Puts the way back to an earlier generation into the queue, as a run of its own.</summary>
    Task RollBackAsync(long generation, Actor actor, CancellationToken cancellationToken);

    /// <summary>Writes down that a member is to be erased, and puts that into the queue, as a run of its own that does not know the member's id.</summary>
    /// <returns>The erasure's id; of one that is under way already, that one's.</returns>
    /// <exception cref="ErasureKeyException">There is no key to erase under.</exception>
    Task<long> EraseAsync(long member, Actor actor, CancellationToken cancellationToken);
}
