using System.Text.Json;
using Hangfire;
using Pipeline.Dashboard;
using Pipeline.Jobs.Erasure;
using Pipeline.Jobs.Popularity;
using Pipeline.Jobs.Publication;
using Pipeline.Jobs.Runs;
using Pipeline.Jobs.Schedules;
using Pipeline.Jobs.Training;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Erasures;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Operators;
using Pipeline.Storage.MySql.Popularity;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Jobs.Hosting;

/// <summary>What the dashboard asks for: audited, then handed to Hangfire.</summary>
internal sealed class JobControl(
    IBackgroundJobClient queue, AuditTrail audit, JobPlans plans, ScheduleDesk schedules, TimetableService timetable, RunHistory history,
    PopularityHistory popularity, ErasureDesk erasures, GenerationHistory generations, Hangfire.JobStorage storage, TimeProvider clock) : IJobControl
{
    private const int PreviewedTimes = 5;

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    public async Task<IReadOnlyList<JobDescription>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await plans.ListAsync(cancellationToken)).Where(plan => JobCatalogue.IsForPeople(plan.Job)).Select(plan => Describe(plan, Now))];

    public async Task<IReadOnlyList<JobNode>> NodesAsync(CancellationToken cancellationToken)
    {
        // Hangfire's contract knows no asynchronous calls.
        var servers = await Task.Run(() => storage.GetMonitoringApi().Servers(), cancellationToken);
        return [.. servers.Select(server => (Node: NodeName.Read(server.Name), Server: server))
            .Select(one => new JobNode(one.Node.Name, one.Node.Version, one.Server.StartedAt, one.Server.Heartbeat, one.Server.WorkersCount))
            .OrderBy(node => node.Name, StringComparer.Ordinal)];
    }

    public async Task<string?> StartAsync(string job, IReadOnlyList<string> settings, Actor actor, CancellationToken cancellationToken)
    {
        string[] quiet;
        try
        {
            quiet = Quiet(job, settings);
            JobCatalogue.Read(job, quiet);
        }
        catch (UsageException wrong)
        {
            return wrong.Message;
        }
        await QueueAsync(job, quiet, actor, actor.Did(AuditActions.RunStart, job, null, AuditActions.Asked(quiet)), cancellationToken);
        return null;
    }

    public async Task<string?> RetryAsync(long runId, Actor actor, CancellationToken cancellationToken)
    {
        if (await history.FindAsync(runId, cancellationToken) is not { } run)
            return $"there is no run {runId}";
        if (RetryComplaint(run) is { } complaint)
            return complaint;
        string[] settings = Quiet(run.Job, [.. Settings(run).Where(setting => !IsLoud(run.Job, setting))]);
        await audit.RecordAsync(actor.Did(AuditActions.RunRetry, $"run {runId}", run.State, AuditActions.AskedFor), cancellationToken);
        queue.Enqueue<ScheduledRuns>(runs => runs.RunNowAsync(run.Job, settings, run.ScheduledAt, actor.Name, true, CancellationToken.None));
        return null;
    }

    public string? RetryComplaint(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.State is not ("failed" or "lost" or "cancelled") || !JobCatalogue.Names.Contains(run.Job))
            return $"run {run.RunId} of {run.Job} is {run.State}: there is nothing to try again";
        return JobCatalogue.AsksForCode(run.Job)
            ? $"{run.Job} is not tried again without a code: promote the model, roll back to the generation or erase the member anew"
            : null;
    }

    public Task PauseAsync(string job, Actor actor, CancellationToken cancellationToken) => schedules.PauseAsync(job, actor, cancellationToken);

    public Task ResumeAsync(string job, Actor actor, CancellationToken cancellationToken) => schedules.ResumeAsync(job, actor, cancellationToken);

    public (IReadOnlyList<DateTime> Next, string? Complaint) Preview(string cron)
    {
        try
        {
            return ([.. CronTimes.Parse(cron).After(Now).Take(PreviewedTimes)], null);
        }
        catch (UsageException wrong)
        {
            return ([], wrong.Message);
        }
    }

    public async Task<string?> ChangeScheduleAsync(string job, ScheduleChange change, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Cron is not null && Preview(change.Cron).Complaint is { } complaint)
            return complaint;
        if (change.Attempts is < 1 or > JobPolicy.MostAttempts)
            return $"attempts: expected 1 to {JobPolicy.MostAttempts}";
        if (change.PauseSeconds is < 1 or > 21_600)
            return "pause: expected 1 to 21600 s";
        if (change.LimitSeconds is < 0 or > 604_800)
            return "limit: expected up to 604800 s, or 0 for any time";
        if (change.Overlap is not (null or "skip" or "queue"))
            return "overlap: expected skip or queue";
        await schedules.ChangeAsync(job, change, actor, cancellationToken);
        await timetable.ApplyAsync(cancellationToken);
        return null;
    }

    public async Task<BackfillPlan> BackfillAsync(string job, DateTime from, DateTime to, Actor? actor, CancellationToken cancellationToken)
    {
        if (job != PopularityJob.JobName)
            return new BackfillPlan([], $"{job} has nothing to fill");
        if (from >= to || to > Now)
            return new BackfillPlan([], "expected a range that is over, the earlier time first");
        var times = PopularityBackfillJob.Times(from, to).Take(PopularityBackfillJob.MostTimes + 1).ToList();
        if (times.Count > PopularityBackfillJob.MostTimes)
            return new BackfillPlan([], $"the range has more than {PopularityBackfillJob.MostTimes} hours: take it in parts");
        if (times.Count == 0)
            return new BackfillPlan([], "the range has no full hour in it");
        var known = await popularity.KnownAsync(times[0], to, cancellationToken);
        if (actor is not null)
        {
            string[] settings = [$"from={from:yyyy-MM-ddTHH:mm:ssZ}", $"to={to:yyyy-MM-ddTHH:mm:ssZ}"];
            await QueueAsync(
                PopularityBackfillJob.JobName, settings, actor, actor.Did(AuditActions.RunBackfill, job, null, AuditActions.Asked(settings)), cancellationToken);
        }
        return new BackfillPlan([.. times.Select(time => new BackfillTime(time, known.Contains(time)))], null);
    }

    public async Task PromoteAsync(long model, Actor actor, CancellationToken cancellationToken) =>
        await QueueAsync(
            PromoteModelJob.JobName, [$"{PromoteModelJob.Model.Name}={model}"], actor,
            actor.Did(AuditActions.ModelPromote, $"model {model}", await ServedAsync(cancellationToken), AuditActions.AskedFor), cancellationToken);

    public async Task RollBackAsync(long generation, Actor actor, CancellationToken cancellationToken) =>
        await QueueAsync(
            RollBackJob.JobName, [$"{RollBackJob.Generation.Name}={generation}"], actor,
            actor.Did(AuditActions.GenerationRollBack, $"generation {generation}", await ServedAsync(cancellationToken), AuditActions.AskedFor), cancellationToken);

    public async Task<long> EraseAsync(long member, Actor actor, CancellationToken cancellationToken)
    {
        long erasure = await erasures.RequestAsync(member, actor, cancellationToken);
        ErasureWatch.Queue(queue, erasure, actor.Name, Now);
        return erasure;
    }

    private async Task<string?> ServedAsync(CancellationToken cancellationToken) =>
        (await generations.ServedAsync(GenerationStore.GlobalScope, cancellationToken))?.ToString();

    /// <summary>What was asked for is written down first: a run that never came shows by its absence.</summary>
    private async Task QueueAsync(string job, IReadOnlyList<string> settings, Actor actor, AuditEvent what, CancellationToken cancellationToken)
    {
        await audit.RecordAsync(what, cancellationToken);
        string[] values = [.. settings];
        var now = Now;
        queue.Enqueue<ScheduledRuns>(runs => runs.RunNowAsync(job, values, now, actor.Name, false, CancellationToken.None));
    }

    /// <summary>The settings of a run as it is run from here, where none changes what readers get.</summary>
    /// <exception cref="UsageException">They ask for that.</exception>
    private static string[] Quiet(string job, IReadOnlyList<string> settings)
    {
        if (settings.FirstOrDefault(setting => IsLoud(job, setting)) is { } loud)
            throw new UsageException($"{loud}: readers keep what they have, whatever is run from here. A releaser promotes a model, or rolls back, with a code");
        return JobCatalogue.QuietSetting(job) is { } quiet ? [.. settings.Where(setting => setting != quiet), quiet] : [.. settings];
    }

    /// <summary>Whether it has another value than the one that keeps readers what they have.</summary>
    private static bool IsLoud(string job, string setting) =>
        JobCatalogue.QuietSetting(job) is { } quiet && setting != quiet && NameOf(setting) == NameOf(quiet);

    private static string NameOf(string setting) => setting.Split('=', 2)[0];

    /// <summary>A run's parameters as they are set.</summary>
    private static IEnumerable<string> Settings(RunRecord run)
    {
        using var document = JsonDocument.Parse(run.Parameters);
        foreach (var member in document.RootElement.EnumerateObject())
            if (member.Value is { ValueKind: not JsonValueKind.Null } value && value.ToString().Length > 0 && JobCatalogue.Parameters(run.Job).Any(parameter => parameter.Name == member.Name))
                yield return $"{member.Name}={(member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText())}";
    }

    private static JobDescription Describe(JobPlan plan, DateTime now) => new(
        plan.Job, [.. JobCatalogue.Parameters(plan.Job).Where(parameter => JobCatalogue.QuietSetting(plan.Job) is not { } quiet || parameter.Name != NameOf(quiet))
            .Select(parameter => new JobSetting(parameter.Name, parameter.Meaning, parameter.Range, parameter.DefaultText) { Kind = parameter.Kind })],
        plan.Cron, Timetable.Entries.FirstOrDefault(entry => entry.Job == plan.Job)?.Cron, Timetable.Zone.Id, [.. plan.After(now).Take(PreviewedTimes)],
        new JobRules(plan.Policy.Attempts, plan.Policy.Pause, plan.Policy.Limit, plan.Policy.Overlap == Overlap.Queue), plan.Held,
        plan.Job == PopularityJob.JobName);
}
