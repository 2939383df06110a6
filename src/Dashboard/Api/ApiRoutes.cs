using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Alarms;
using Pipeline.Storage.MySql.Generations;
using Pipeline.Storage.MySql.Models;
using Pipeline.Storage.MySql.Runs;
using Pipeline.Storage.MySql.Schedules;

namespace Pipeline.Dashboard.Api;

/// <summary>A request cannot be done; the message says why.</summary>
public sealed record ApiProblem(string Error);

/// <param name="Settings">Texts such as <c>rank=64</c>; those that keep their default may be left out.</param>
public sealed record StartRequest(string?[]? Settings);

/// <param name="Code">Of the operator's authenticator, as the pages ask for it.</param>
public sealed record ConfirmedRequest(string? Code);

/// <param name="From">The first time; the offset counts.</param>
/// <param name="To">The end, itself not computed.</param>
/// <param name="DryRun">Only say what would be done.</param>
public sealed record BackfillRequest(DateTimeOffset From, DateTimeOffset To, bool DryRun);

/// <summary>
/// What the pages do, for programs: JSON, with a personal token in place of a session. Who may is decided by the table of routes, as for
/// pages; what is hard to undo asks for a code here too.
/// </summary>
internal static class ApiRoutes
{
    public const string Prefix = "/api/v1";

    private const int Most = 100;

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/v1/runs", RunsAsync).WithSummary("Runs, the newest first");
        endpoints.MapGet("/api/v1/runs/{id:long}", RunAsync).WithSummary("One run");
        endpoints.MapGet("/api/v1/runs/{id:long}/log", LogAsync).WithSummary("A page of a run's log, the newest line first");
        endpoints.MapGet("/api/v1/runs/{id:long}/history", HistoryAsync).WithSummary("What became of a run, in its order: the newest 100 turns");
        endpoints.MapPost("/api/v1/runs/{id:long}/cancel", CancelAsync).WithSummary("Stop a run");
        endpoints.MapPost("/api/v1/runs/{id:long}/retry", RetryAsync).WithSummary("Try a run that did not end well once more");
        endpoints.MapGet("/api/v1/jobs", JobsAsync).WithSummary("Jobs, their parameters and their timetable");
        endpoints.MapPost("/api/v1/jobs/{job}/runs", StartAsync).WithSummary("Run a job now; readers keep what they have: a model is registered, and promoted by a releaser");
        endpoints.MapPost("/api/v1/jobs/{job}/backfill", BackfillAsync).WithSummary("Compute a job for a range that is over");
        endpoints.MapPost("/api/v1/jobs/{job}/pause", PauseAsync).WithSummary("Let the times of a job pass");
        endpoints.MapPost("/api/v1/jobs/{job}/resume", ResumeAsync).WithSummary("End a pause");
        endpoints.MapPost("/api/v1/jobs/{job}/schedule", ScheduleAsync).WithSummary("Change when and how a job runs; what is left out is as the program has it");
        endpoints.MapGet("/api/v1/models", ModelsAsync).WithSummary("The model registry, the newest first");
        endpoints.MapGet("/api/v1/models/{id:long}", ModelAsync).WithSummary("One model");
        endpoints.MapPost("/api/v1/models/{id:long}/promote", PromoteAsync).WithSummary("Promote a model");
        endpoints.MapGet("/api/v1/generations", GenerationsAsync).WithSummary("Generations, the newest first");
        endpoints.MapGet("/api/v1/generations/served", FlipsAsync).WithSummary("What was served when, the newest first");
        endpoints.MapPost("/api/v1/generations/{id:long}/roll-back", RollBackAsync).WithSummary("Serve an earlier generation again");
        InsightRoutes.Map(endpoints);
        ErasureRoutes.Map(endpoints);
        OperatorRoutes.Map(endpoints);
        endpoints.MapGet("/api/v1/alarms", AlarmsAsync).WithSummary("Alarms that are not over and nobody has seen, the newest first, and what became of their delivery");
        endpoints.MapPost("/api/v1/alarms/{id:long}/seen", SeenAsync).WithSummary("Say that an alarm was seen");
    }

    private static Task<IReadOnlyList<RunRecord>> RunsAsync(
        RunHistory runs, [Description("Exactly this job")] string? job, string? state, [Description("Stands in who asked, the reason or the parameters")] string? text,
        [Description("Only runs with a lower id")] long? before, CancellationToken cancellationToken) =>
        runs.SearchAsync(new RunFilter(job, state, text), before ?? long.MaxValue, Most, cancellationToken);

    private static async Task<Results<Ok<RunRecord>, NotFound>> RunAsync(RunHistory runs, long id, CancellationToken cancellationToken) =>
        await runs.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound();

    private static Task<IReadOnlyList<RunLogLine>> LogAsync(RunHistory runs, long id, long? before, CancellationToken cancellationToken) =>
        runs.LogAsync(id, before ?? long.MaxValue, Most, cancellationToken);

    private static Task<IReadOnlyList<RunEvent>> HistoryAsync(
        RunHistory runs, long id, [Description("Only turns with a lower id")] long? before, CancellationToken cancellationToken) =>
        runs.EventsAsync(id, before ?? long.MaxValue, Most, cancellationToken);

    private static async Task<Results<Accepted, NotFound, Conflict>> CancelAsync(HttpContext context, RunHistory runs, long id, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is null)
            return TypedResults.NotFound();
        return await runs.CancelAsync(id, context.Actor(), cancellationToken) ? TypedResults.Accepted($"{Prefix}/runs/{id}") : TypedResults.Conflict();
    }

    private static async Task<Results<Accepted, NotFound, Conflict<ApiProblem>>> RetryAsync(
        HttpContext context, RunHistory runs, IJobControl jobs, long id, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is null)
            return TypedResults.NotFound();
        return await jobs.RetryAsync(id, context.Actor(), cancellationToken) is { } why
            ? TypedResults.Conflict(new ApiProblem(why))
            : TypedResults.Accepted($"{Prefix}/runs/{id}");
    }

    private static Task<IReadOnlyList<JobDescription>> JobsAsync(IJobControl jobs, CancellationToken cancellationToken) => jobs.ListAsync(cancellationToken);

    private static async Task<Results<Accepted, NotFound, BadRequest<ApiProblem>, UnprocessableEntity<ApiProblem>>> StartAsync(
        HttpContext context, IJobControl jobs, string job, StartRequest request, CancellationToken cancellationToken)
    {
        if (!await IsJobAsync(jobs, job, cancellationToken))
            return TypedResults.NotFound();
        string[] settings = [.. (request.Settings ?? []).OfType<string>()];
        if (settings.Length != (request.Settings?.Length ?? 0))
            return TypedResults.BadRequest(new ApiProblem("settings: expected texts such as rank=64, and none that is null"));
        return await jobs.StartAsync(job, settings, context.Actor(), cancellationToken) is { } wrong
            ? TypedResults.UnprocessableEntity(new ApiProblem(wrong))
            : TypedResults.Accepted($"{Prefix}/runs?job={Uri.EscapeDataString(job)}");
    }

    private static async Task<Results<Ok<BackfillPlan>, NotFound, UnprocessableEntity<ApiProblem>>> BackfillAsync(
        HttpContext context, IJobControl jobs, string job, BackfillRequest request, CancellationToken cancellationToken)
    {
        if (!await IsJobAsync(jobs, job, cancellationToken))
            return TypedResults.NotFound();
        var plan = await jobs.BackfillAsync(job, request.From.UtcDateTime, request.To.UtcDateTime, request.DryRun ? null : context.Actor(), cancellationToken);
        return plan.Complaint is { } wrong ? TypedResults.UnprocessableEntity(new ApiProblem(wrong)) : TypedResults.Ok(plan);
    }

    private static async Task<Results<NoContent, NotFound>> PauseAsync(HttpContext context, IJobControl jobs, string job, CancellationToken cancellationToken)
    {
        if (!await IsJobAsync(jobs, job, cancellationToken))
            return TypedResults.NotFound();
        await jobs.PauseAsync(job, context.Actor(), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, NotFound>> ResumeAsync(HttpContext context, IJobControl jobs, string job, CancellationToken cancellationToken)
    {
        if (!await IsJobAsync(jobs, job, cancellationToken))
            return TypedResults.NotFound();
        await jobs.ResumeAsync(job, context.Actor(), cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, NotFound, UnprocessableEntity<ApiProblem>>> ScheduleAsync(
        HttpContext context, IJobControl jobs, string job, ScheduleChange change, CancellationToken cancellationToken)
    {
        if (!await IsJobAsync(jobs, job, cancellationToken))
            return TypedResults.NotFound();
        return await jobs.ChangeScheduleAsync(job, change, context.Actor(), cancellationToken) is { } wrong
            ? TypedResults.UnprocessableEntity(new ApiProblem(wrong))
            : TypedResults.NoContent();
    }

    private static Task<IReadOnlyList<ModelRecord>> ModelsAsync(ModelHistory models, long? before, CancellationToken cancellationToken) =>
        models.SearchAsync(before ?? long.MaxValue, Most, cancellationToken);

    private static async Task<Results<Ok<ModelRecord>, NotFound>> ModelAsync(ModelHistory models, long id, CancellationToken cancellationToken) =>
        await models.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound();

    private static async Task<Results<Accepted, NotFound, UnprocessableEntity<ApiProblem>>> PromoteAsync(
        HttpContext context, ModelHistory models, IJobControl jobs, SignInDesk desk, long id, ConfirmedRequest request, CancellationToken cancellationToken)
    {
        if (await models.FindAsync(id, cancellationToken) is not { } found)
            return TypedResults.NotFound();
        if (found.ErasedSince is not null)
            return TypedResults.UnprocessableEntity(new ApiProblem("it may have learned from a member who was erased since"));
        if (await desk.ProblemAsync(context, request.Code) is { } problem)
            return TypedResults.UnprocessableEntity(problem);
        await jobs.PromoteAsync(id, context.Actor(), cancellationToken);
        return TypedResults.Accepted($"{Prefix}/models/{id}");
    }

    private static Task<IReadOnlyList<GenerationRecord>> GenerationsAsync(GenerationHistory generations, long? before, CancellationToken cancellationToken) =>
        generations.SearchAsync(before ?? long.MaxValue, Most, cancellationToken);

    private static Task<IReadOnlyList<FlipRecord>> FlipsAsync(
        GenerationHistory generations, [Description("Only moves with a lower token")] long? before, CancellationToken cancellationToken) =>
        generations.FlipsAsync(GenerationStore.GlobalScope, before ?? long.MaxValue, Most, cancellationToken);

    private static async Task<Results<Accepted, NotFound, UnprocessableEntity<ApiProblem>>> RollBackAsync(
        HttpContext context, GenerationHistory generations, IJobControl jobs, SignInDesk desk, long id, ConfirmedRequest request, CancellationToken cancellationToken)
    {
        if (await generations.FindAsync(id, cancellationToken) is not { } found)
            return TypedResults.NotFound();
        if (!found.CanBeServedAgain)
            return TypedResults.UnprocessableEntity(new ApiProblem("it is served already, or its lists are not whole any more"));
        if (await desk.ProblemAsync(context, request.Code) is { } problem)
            return TypedResults.UnprocessableEntity(problem);
        await jobs.RollBackAsync(id, context.Actor(), cancellationToken);
        return TypedResults.Accepted($"{Prefix}/generations");
    }

    private static Task<IReadOnlyList<Alarm>> AlarmsAsync(AlarmStore alarms, [Description("Only alarms with a lower id")] long? before, CancellationToken cancellationToken) =>
        alarms.OpenAsync(before ?? long.MaxValue, Most, cancellationToken);

    private static async Task<Results<NoContent, NotFound>> SeenAsync(HttpContext context, AlarmDesk alarms, long id, CancellationToken cancellationToken) =>
        await alarms.SeeAsync(id, context.Actor(), cancellationToken) ? TypedResults.NoContent() : TypedResults.NotFound();

    private static async Task<bool> IsJobAsync(IJobControl jobs, string job, CancellationToken cancellationToken) =>
        (await jobs.ListAsync(cancellationToken)).Any(known => known.Name == job);
}
