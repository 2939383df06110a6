using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Jobs.Hosting;

/// <summary>
/// The door of the dashboard: only from this machine (or who stands for it in a container), and only with the token of a file that its
/// operator can read. A program sends it as a bearer token; a person types it once into a form and gets a cookie.
/// </summary>
internal sealed class DashboardAccess(RequestDelegate next, JobsSettings settings, ILogger<DashboardAccess> log)
{
    public const string Path = "/hangfire";
    public const string SignInPath = "/hangfire-sign-in";
    private const string CookieName = "pipeline-dashboard";

    public async Task InvokeAsync(HttpContext context)
    {
        bool signingIn = context.Request.Path.Equals(SignInPath);
        if (!signingIn && !context.Request.Path.StartsWithSegments(Path))
        {
            await next(context);
            return;
        }
        if (context.Connection.RemoteIpAddress is not { } remote || !IsWelcome(remote))
            await DashboardPages.RefuseAsync(context, "The dashboard answers on this machine only.");
        else if (ReadToken() is not { } token)
            await DashboardPages.RefuseAsync(context, $"The dashboard is closed: {JobsSettings.TokenFileVariable} names no file with a token.");
        else if (signingIn)
            await SignInAsync(context, token);
        else if (IsSignedIn(context.Request, token))
            await next(context);
        else
            await DashboardPages.AskAsync(context, wrong: false);
    }

    /// <summary>Dual-stack sockets show an IPv4 address inside an IPv6 one.</summary>
    private bool IsWelcome(IPAddress remote) =>
        IPAddress.IsLoopback(remote) || settings.DashboardClients.Contains(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote);

    private static async Task SignInAsync(HttpContext context, byte[] token)
    {
        string? given = HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync(context.RequestAborted))["token"].ToString()
            : null;
        if (!Same(Encoding.UTF8.GetBytes((given ?? "").Trim()), token))
        {
            await DashboardPages.AskAsync(context, wrong: given is not null);
            return;
        }
        context.Response.Cookies.Append(CookieName, CookieValue(token), new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = Path, IsEssential = true,
        });
        context.Response.Redirect(Path);
    }

    private static bool IsSignedIn(HttpRequest request, byte[] token)
    {
        const string scheme = "Bearer ";
        string? authorization = request.Headers.Authorization;
        if (authorization?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true)
            return Same(Encoding.UTF8.GetBytes(authorization[scheme.Length..].Trim()), token);
        return request.Cookies[CookieName] is { } cookie && Same(Encoding.ASCII.GetBytes(cookie), Encoding.ASCII.GetBytes(CookieValue(token)));
    }

    /// <summary>Read for every request, so that a new token shuts the old one's holders out at once.</summary>
    private byte[]? ReadToken()
    {
        if (settings.DashboardTokenFile is not { } file)
            return null;
        try
        {
            string token = File.ReadAllText(file).Trim();
            return token.Length == 0 ? null : Encoding.UTF8.GetBytes(token);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("{Variable}: {Reason}", JobsSettings.TokenFileVariable, error.Message);
            return null;
        }
    }

    /// <summary>Derived from the token, so that the cookie does not carry it.</summary>
    private static string CookieValue(byte[] token) => Convert.ToHexStringLower(HMACSHA256.HashData(token, "pipeline dashboard"u8));

    /// <summary>Takes the same time for every wrong token, also for one of another length.</summary>
    private static bool Same(byte[] given, byte[] expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(given), SHA256.HashData(expected));
}
