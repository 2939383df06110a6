using System.Security.Claims;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Door;

/// <summary>
/// Finds out who a program's request is from: by its token alone. A browser's cookie is worth nothing here, so that no page elsewhere
/// can make a browser ask, and no antiforgery token is needed.
/// </summary>
internal sealed class TokenDoor(RequestDelegate next, TokenStore tokens)
{
    private const string Scheme = "Bearer ";

    public static bool Guards(HttpContext context) => context.Request.Path.StartsWithSegments(Routes.Api);

    public async Task InvokeAsync(HttpContext context)
    {
        string given = context.Request.Headers.Authorization.ToString();
        if (!given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || Tokens.Hash(given[Scheme.Length..].Trim()) is not { } hash
            || await tokens.FindAsync(hash, context.RequestAborted) is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return;
        }
        context.Features.Set(new OpenSession(0, found.OperatorId, found.Name, found.Role) { TokenId = found.Id });
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, found.Name)], "token"));
        await next(context);
    }
}
