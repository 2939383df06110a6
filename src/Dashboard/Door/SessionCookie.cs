using Pipeline.Dashboard.Live;
using Pipeline.Dashboard.SignIn;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Door;

/// <summary>
/// Who a request is from. The cookie has the prefix <c>__Host-</c>: only this very host can have set it, only for all of its paths, and
/// only over a connection that the browser calls trustworthy. That is HTTPS, and loopback too.
/// </summary>
internal static class SessionCookie
{
    public const string Name = "__Host-pipeline-session";

    public static CookieOptions Options => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };

    public static string? Token(HttpContext context) => context.Request.Cookies[Name];

    /// <summary>The session of the request, or null.</summary>
    public static OpenSession? Session(this HttpContext context) => context.Features.Get<OpenSession>();

    /// <summary>The operator who makes a change and the token it is made by, for the audit.</summary>
    public static Actor Actor(this HttpContext context) =>
        new(context.Session()!.Name, context.RemoteAddress()) { TokenId = context.Session()!.TokenId };

    /// <summary>The address of a path of ours, as the operator's browser or program reached us.</summary>
    public static string Address(this HttpContext context, string path) => $"{context.Request.Scheme}://{context.Request.Host}{path}";

    public static string RemoteAddress(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };

    public static async Task<OpenSession?> FindAsync(HttpContext context, SessionStore sessions) =>
        Tokens.Hash(Token(context)) is { } hash ? await sessions.FindAsync(hash, active: !LiveFeed.Asks(context), context.RequestAborted) : null;
}
