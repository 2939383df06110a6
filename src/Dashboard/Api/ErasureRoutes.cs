using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Pages;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.Erasure;
using Pipeline.Storage.MySql.Erasures;

namespace Pipeline.Dashboard.Api;

/// <param name="Member">The member's id.</param>
/// <param name="Code">Of the operator's authenticator, as the pages ask for it.</param>
public sealed record ErasureRequest(long Member, string? Code);

/// <summary>Erasures for programs: asked for by a token with the admin's role and a code; an erasure that is complete is its certificate.</summary>
internal static class ErasureRoutes
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/v1/erasures", ListAsync).WithSummary("Erasures of members, the newest first");
        endpoints.MapGet("/api/v1/erasures/{id:long}", FindAsync).WithSummary("One erasure; its certificate once completedAt is there");
        endpoints.MapPost("/api/v1/erasures", EraseAsync).WithSummary("Erase a member for good");
    }

    private static Task<IReadOnlyList<Erasure>> ListAsync(ErasureStore erasures, long? before, CancellationToken cancellationToken) =>
        erasures.SearchAsync(before ?? long.MaxValue, Most, cancellationToken);

    private static async Task<Results<Ok<Erasure>, NotFound>> FindAsync(ErasureStore erasures, long id, CancellationToken cancellationToken) =>
        await erasures.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found) : TypedResults.NotFound();

    private static async Task<Results<Accepted, UnprocessableEntity<ApiProblem>>> EraseAsync(
        HttpContext context, IJobControl jobs, SignInDesk desk, ErasureRequest request, CancellationToken cancellationToken)
    {
        if (request.Member is < 1 or > ErasuresModel.LastMember)
            return TypedResults.UnprocessableEntity(new ApiProblem($"member: expected 1 to {ErasuresModel.LastMember}"));
        if (await desk.ProblemAsync(context, request.Code) is { } problem)
            return TypedResults.UnprocessableEntity(problem);
        try
        {
            return TypedResults.Accepted($"{ApiRoutes.Prefix}/erasures/{await jobs.EraseAsync(request.Member, context.Actor(), cancellationToken)}");
        }
        catch (ErasureKeyException missing)
        {
            return TypedResults.UnprocessableEntity(new ApiProblem(missing.Message));
        }
    }
}
