using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Pages;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Api;

/// <param name="State"><c>invited</c>, <c>enrolled</c> or <c>disabled</c>.</param>
public sealed record ApiOperator(long Id, string Name, string Role, string State, DateTime CreatedAt, DateTime? LastSignInAt);

/// <param name="Role"><c>viewer</c>, <c>scientist</c>, <c>releaser</c> or <c>admin</c>.</param>
/// <param name="Code">Of the admin's authenticator, as the pages ask for it.</param>
public sealed record NewOperatorRequest(string? Name, string? Role, string? Code);

/// <param name="Role"><c>viewer</c>, <c>scientist</c>, <c>releaser</c> or <c>admin</c>.</param>
public sealed record ApiToken(long Id, string Name, string Role, DateTime CreatedAt, DateTime ExpiresAt, DateTime? LastUsedAt);

/// <summary>What an operator can get in with now.</summary>
public sealed record OperatorAccess(IReadOnlyList<ListedSession> Sessions, IReadOnlyList<ApiToken> Tokens);

/// <param name="Act">
/// <c>role</c>, <c>disable</c>, <c>enable</c>, <c>reset</c>, which takes everything away and invites anew, <c>end</c> or <c>revoke</c>; the last
/// two, which end a session or a token, want no code.
/// </param>
/// <param name="Role">For <c>role</c>.</param>
/// <param name="Id">Of the session or the token.</param>
public sealed record OperatorRequest(string? Act, string? Role, string? Code, long? Id);

/// <param name="Link">A one-time link to enrol by, to be handed over by a way that is trusted; null where there is none.</param>
public sealed record OperatorAnswer(string? Link);

/// <summary>Operators for programs: an admin's token, and a code for every change.</summary>
internal static class OperatorRoutes
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/v1/operators", ListAsync).WithSummary("Operators");
        endpoints.MapPost("/api/v1/operators", AddAsync).WithSummary("Add an operator");
        endpoints.MapGet("/api/v1/operators/{id:long}", AccessAsync).WithSummary("An operator's open sessions, and the tokens that work");
        endpoints.MapPost("/api/v1/operators/{id:long}", ChangeAsync).WithSummary("Change an operator's role, disable, enable, invite anew, end a session or a token");
    }

    private static async Task<IReadOnlyList<ApiOperator>> ListAsync(OperatorStore operators, CancellationToken cancellationToken) =>
        [.. (await operators.ListAsync(cancellationToken)).Select(one =>
            new ApiOperator(one.Id, one.Name, one.Role.ToString().ToLowerInvariant(), OperatorsModel.State(one), one.CreatedAt, one.LastSignInAt))];

    private static async Task<Results<Ok<OperatorAccess>, NotFound>> AccessAsync(
        OperatorStore operators, SessionStore sessions, TokenStore tokens, long id, CancellationToken cancellationToken)
    {
        if (await operators.FindAsync(id, cancellationToken) is null)
            return TypedResults.NotFound();
        return TypedResults.Ok(new OperatorAccess(
            await sessions.ListAsync(id, cancellationToken),
            [.. (await tokens.ListAsync(id, cancellationToken)).Select(one =>
                new ApiToken(one.Id, one.Name, one.Role.ToString().ToLowerInvariant(), one.CreatedAt, one.ExpiresAt, one.LastUsedAt))]));
    }

    private static async Task<Results<Ok<OperatorAnswer>, UnprocessableEntity<ApiProblem>>> AddAsync(
        HttpContext context, Enrolment enrolment, SignInDesk desk, NewOperatorRequest request, CancellationToken cancellationToken)
    {
        if (Role(request.Role) is not { } role)
            return TypedResults.UnprocessableEntity(WrongRole);
        if (await desk.ProblemAsync(context, request.Code) is { } problem)
            return TypedResults.UnprocessableEntity(problem);
        try
        {
            return TypedResults.Ok(new OperatorAnswer(context.Address(await enrolment.AddAsync(request.Name?.Trim() ?? "", role, context.Actor(), cancellationToken))));
        }
        catch (OperatorException wrong)
        {
            return TypedResults.UnprocessableEntity(new ApiProblem(wrong.Message));
        }
    }

    private static async Task<Results<Ok<OperatorAnswer>, NotFound, UnprocessableEntity<ApiProblem>>> ChangeAsync(
        HttpContext context, OperatorStore operators, SessionStore sessions, TokenStore tokens, Enrolment enrolment, SignInDesk desk, long id, OperatorRequest request,
        CancellationToken cancellationToken)
    {
        if (await operators.FindAsync(id, cancellationToken) is null)
            return TypedResults.NotFound();
        var actor = context.Actor();
        // No risk, and may be urgent.
        if (request is { Act: "end" or "revoke", Id: { } ending })
            return await (request.Act == "end"
                ? sessions.EndAsync(id, ending, actor, AuditActions.SessionEnd, cancellationToken)
                : tokens.RevokeAsync(id, ending, actor, cancellationToken)) ? TypedResults.Ok(new OperatorAnswer(null)) : TypedResults.NotFound();
        Func<Task<string?>>? change = request.Act switch
        {
            "role" when Role(request.Role) is { } role => () => DoneAsync(operators.ChangeRoleAsync(id, role, actor, cancellationToken)),
            "disable" => () => DoneAsync(operators.DisableAsync(id, actor, cancellationToken)),
            "enable" => () => DoneAsync(operators.EnableAsync(id, actor, cancellationToken)),
            "reset" => async () => context.Address(await enrolment.ResetAsync(id, lastAdmin: false, actor, cancellationToken)),
            _ => null,
        };
        if (change is null)
            return TypedResults.UnprocessableEntity(request.Act == "role" ? WrongRole : new ApiProblem("act: expected role, disable, enable, reset, or end or revoke with an id"));
        if (await desk.ProblemAsync(context, request.Code) is { } problem)
            return TypedResults.UnprocessableEntity(problem);
        try
        {
            return TypedResults.Ok(new OperatorAnswer(await change()));
        }
        catch (OperatorException wrong)
        {
            return TypedResults.UnprocessableEntity(new ApiProblem(wrong.Message));
        }
    }

    private static ApiProblem WrongRole { get; } = new("role: expected viewer, scientist, releaser or admin");

    private static OperatorRole? Role(string? text) =>
        text is { Length: > 0 } && char.IsLetter(text[0]) && Enum.TryParse<OperatorRole>(text, ignoreCase: true, out var role) ? role : null;

    private static async Task<string?> DoneAsync(Task change)
    {
        await change;
        return null;
    }
}
