using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Antiforgery;

namespace Pipeline.Dashboard.Door;

/// <summary>
/// Antiforgery tokens that are an HMAC over the cookie that they belong to (OWASP, "HMAC based token pattern"): every node knows them
/// without keeping anything, and they end with the session. Who is not signed in yet has a cookie for the visit, so that nobody can be
/// signed in by somebody else's form.
/// </summary>
internal sealed class BoundAntiforgery(DashboardKey key) : IAntiforgery
{
    public const string FieldName = "__RequestVerificationToken";
    public const string HeaderName = "RequestVerificationToken";
    private const string VisitCookie = "__Host-pipeline-visit";

    private readonly byte[] _key = key.Derive("antiforgery");

    public AntiforgeryTokenSet GetAndStoreTokens(HttpContext httpContext) => GetTokens(httpContext);

    public AntiforgeryTokenSet GetTokens(HttpContext httpContext) =>
        new(Token(Bound(httpContext) ?? BeginVisit(httpContext)), null, FieldName, HeaderName);

    public void SetCookieTokenAndHeader(HttpContext httpContext) => GetTokens(httpContext);

    public async Task<bool> IsRequestValidAsync(HttpContext httpContext)
    {
        var request = httpContext.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return true;
        string? given = request.Headers[HeaderName];
        if (string.IsNullOrEmpty(given) && request.HasFormContentType)
            given = (await request.ReadFormAsync(httpContext.RequestAborted))[FieldName];
        return !string.IsNullOrEmpty(given) && Bound(httpContext) is { } cookie
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Token(cookie)));
    }

    /// <exception cref="AntiforgeryValidationException">The token is missing, or another session's.</exception>
    public async Task ValidateRequestAsync(HttpContext httpContext)
    {
        if (!await IsRequestValidAsync(httpContext))
            throw new AntiforgeryValidationException("the antiforgery token is missing, or another session's");
    }

    private string Token(string cookie) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(cookie)));

    /// <summary>The cookie that tokens of this request are bound to: the session's, or else the visit's.</summary>
    private static string? Bound(HttpContext context) =>
        context.Session() is not null ? SessionCookie.Token(context) : context.Items[VisitCookie] as string ?? context.Request.Cookies[VisitCookie];

    private static string BeginVisit(HttpContext context)
    {
        string visit = SignIn.Tokens.New();
        context.Items[VisitCookie] = visit;
        context.Response.Cookies.Append(VisitCookie, visit, SessionCookie.Options);
        return visit;
    }
}
