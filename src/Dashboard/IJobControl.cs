using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard;

/// <summary>A setting of a job.</summary>
/// <param name="Meaning">What it does, its unit and its range; English.</param>
/// <param name="Default">The value where none is given; empty for what the job decides when it runs.</param>
public sealed record JobSetting(string Name, string Meaning, string Default);

/// <summary>A job as its host knows it.</summary>
/// <param name="Cron">Null for what runs on request only.</param>
/// <param name="Zone">Whose times the cron expression means, as IANA names it.</param>
/// <param name="Next">The next times, UTC.</param>
public sealed record JobDescription(string Name, IReadOnlyList<JobSetting> Settings, string? Cron, string Zone, IReadOnlyList<DateTime> Next);

/// <summary>What the dashboard asks of the host that runs the jobs. The host does not ask back who may: that is decided here.</summary>
public interface IJobControl
{
    IReadOnlyList<JobDescription> Jobs { get; }

    /// <summary>Checks a request and puts it into the queue. Its run appears in the ledger when a worker takes it.</summary>
    /// <param name="settings">Texts such as <c>rank=64</c>; those that keep their default may be left out.</param>
    /// <returns>Null, or what is wrong with the request; then nothing was queued.</returns>
    Task<string?> StartAsync(string job, IReadOnlyList<string> settings, Actor actor, CancellationToken cancellationToken);

    /// <summary>Puts the way back to an earlier generation into the queue, as a run of its own.</summary>
    Task RollBackAsync(long generation, Actor actor, CancellationToken cancellationToken);
}
