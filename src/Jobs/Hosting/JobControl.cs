using Hangfire;
using Pipeline.Dashboard;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Training;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Jobs.Hosting;

/// <summary>Runs that the dashboard asks for: audited, then handed to Hangfire.</summary>
internal sealed class JobControl(IBackgroundJobClient queue, AuditTrail audit, TimeProvider clock) : IJobControl
{
    private const int PreviewedTimes = 5;

    public IReadOnlyList<JobDescription> Jobs =>
        [.. JobCatalogue.Names.Where(name => name is not (RollBackJob.JobName or PromoteModelJob.JobName)).Select(name => Describe(name, clock.GetUtcNow().UtcDateTime))];

    public async Task<string?> StartAsync(string job, IReadOnlyList<string> settings, Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            JobCatalogue.Read(job, settings);
        }
        catch (UsageException wrong)
        {
            return wrong.Message;
        }
        await QueueAsync(job, settings, new AuditEvent(actor.Name, actor.Address, AuditActions.RunStart, job, null, string.Join(' ', settings)), cancellationToken);
        return null;
    }

    public Task RollBackAsync(long generation, Actor actor, CancellationToken cancellationToken) =>
        QueueAsync(
            RollBackJob.JobName, [$"{RollBackJob.Generation.Name}={generation}"],
            new AuditEvent(actor.Name, actor.Address, AuditActions.GenerationRollBack, $"generation {generation}"), cancellationToken);

    /// <summary>Hangfire's queue is not in this database: what was asked for is written down first, and a run that never came shows by its absence.</summary>
    private async Task QueueAsync(string job, IReadOnlyList<string> settings, AuditEvent what, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(what, cancellationToken);
        string[] values = [.. settings];
        queue.Enqueue<ScheduledRuns>(runs => runs.RunNowAsync(job, values, what.Actor, CancellationToken.None));
    }

    private static JobDescription Describe(string job, DateTime now)
    {
        var entry = Timetable.Entries.FirstOrDefault(entry => entry.Job == job);
        return new JobDescription(
            job, [.. JobCatalogue.Parameters(job).Select(parameter => new JobSetting(parameter.Name, parameter.Meaning, parameter.DefaultText))],
            entry?.Cron, Timetable.Zone.Id, entry is null ? [] : [.. entry.After(now).Take(PreviewedTimes)]);
    }
}
