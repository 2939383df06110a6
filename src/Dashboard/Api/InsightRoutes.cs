using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.Events;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Api;

/// <param name="Text">At most 2,000 characters.</param>
public sealed record NoteRequest(string? Text);

/// <summary>An event that was refused; its payload stays where it is.</summary>
/// <param name="Id">Topic, partition and offset.</param>
/// <param name="Bytes">Of the payload.</param>
public sealed record ApiRefusedEvent(string Id, string Code, string Detail, DateTime RefusedAt, int Bytes, string? ReplayBy, DateTime? ReplayedAt);

/// <param name="Id">Of the refused event.</param>
public sealed record ReplayRequest(string? Id);

/// <param name="Code">The refusal.</param>
/// <param name="Until">Those refused later are left alone; now where it is not given.</param>
/// <param name="DryRun">Only say how many there are.</param>
public sealed record ReplayAllRequest(string? Code, DateTimeOffset? Until, bool DryRun);

/// <param name="Events">How many are sent once more, or would be.</param>
/// <param name="Until">What is refused later is not in it: the next request of the same wish gives it back.</param>
public sealed record ReplayAllAnswer(long Events, DateTimeOffset Until);

/// <summary>What people write about models and wish for refused events, for programs.</summary>
internal static class InsightRoutes
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/v1/models/{id:long}/notes", NotesAsync).WithSummary("Notes on a model, the newest first");
        endpoints.MapPost("/api/v1/models/{id:long}/notes", NoteAsync).WithSummary("Write a note on a model");
        endpoints.MapGet("/api/v1/refused-events", RefusedAsync).WithSummary("Refused events, the newest first");
        endpoints.MapPost("/api/v1/refused-events", ReplayAsync).WithSummary("Send a refused event once more");
        endpoints.MapPost("/api/v1/refused-events/replays", ReplayAllAsync).WithSummary("Send all refused events of a code once more, the newest 10,000 at most");
    }

    private static Task<IReadOnlyList<ModelNote>> NotesAsync(
        ModelNotes notes, long id, [Description("Only notes with a lower number")] long? before, CancellationToken cancellationToken) =>
        notes.ListAsync(id, before ?? long.MaxValue, Most, cancellationToken);

    private static async Task<Results<Created, NotFound, UnprocessableEntity<ApiProblem>>> NoteAsync(
        HttpContext context, ModelHistory models, ModelNotes notes, long id, NoteRequest request, CancellationToken cancellationToken)
    {
        if (await models.FindAsync(id, cancellationToken) is null)
            return TypedResults.NotFound();
        string text = request.Text?.Trim() ?? "";
        if (text.Length is 0 or > ModelNotes.Longest || text.Contains('\0', StringComparison.Ordinal))
            return TypedResults.UnprocessableEntity(new ApiProblem($"text: expected 1 to {ModelNotes.Longest} characters"));
        await notes.AddAsync(id, text, context.Actor(), cancellationToken);
        return TypedResults.Created($"{ApiRoutes.Prefix}/models/{id}/notes");
    }

    private static async Task<IReadOnlyList<ApiRefusedEvent>> RefusedAsync(
        RefusedEventDesk refused, TimeProvider clock, [Description("Exactly this refusal")] string? code, [Description("Only what was refused earlier")] DateTimeOffset? before,
        [Description("With before: of what was refused at that very time, only what stands behind this id; so the last one of a page leads to the next")] string? beforeId,
        CancellationToken cancellationToken) =>
        [.. (await refused.SearchAsync(code, new RefusedCursor(before ?? clock.GetUtcNow().AddDays(1), beforeId), Most, cancellationToken)).Select(one =>
            new ApiRefusedEvent(one.Id, one.Code, one.Detail, one.RefusedAt, one.Bytes, one.ReplayBy, one.ReplayedAt))];

    private static async Task<Results<Ok<ReplayAllAnswer>, Accepted<ReplayAllAnswer>, UnprocessableEntity<ApiProblem>>> ReplayAllAsync(
        HttpContext context, RefusedEventDesk refused, ReplayDesk replays, TimeProvider clock, ReplayAllRequest request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Code))
            return TypedResults.UnprocessableEntity(new ApiProblem("code: expected the code of a refusal"));
        var until = request.Until ?? clock.GetUtcNow();
        if (request.DryRun)
            return TypedResults.Ok(new ReplayAllAnswer(Math.Min(await refused.CountReplayableAsync(request.Code, until, cancellationToken), RefusedEventDesk.MostReplays), until));
        long wished = await replays.WishAllAsync(request.Code, until, context.Actor(), cancellationToken);
        return TypedResults.Accepted($"{ApiRoutes.Prefix}/refused-events", new ReplayAllAnswer(wished, until));
    }

    private static async Task<Results<Accepted, NotFound, Conflict>> ReplayAsync(
        HttpContext context, ReplayDesk replays, ReplayRequest request, CancellationToken cancellationToken) =>
        await replays.WishAsync(request.Id, context.Actor(), cancellationToken) switch
        {
            null => TypedResults.NotFound(),
            true => TypedResults.Accepted($"{ApiRoutes.Prefix}/refused-events"),
            false => TypedResults.Conflict(),
        };
}
