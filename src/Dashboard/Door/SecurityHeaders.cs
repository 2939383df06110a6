using Microsoft.AspNetCore.Http.Features;

namespace Pipeline.Dashboard.Door;

/// <summary>What every answer of the dashboard says to the browser, and how much a request may bring.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const long LargestBody = 64 * 1024;

    /// <summary>Everything from this host; no inline script or style, no frames, no forms to elsewhere.</summary>
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Hangfire's pages set widths and colours in style attributes.</summary>
    private static readonly string HangfirePolicy = Policy.Replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

    public Task InvokeAsync(HttpContext context)
    {
        bool hangfire = context.Request.Path.StartsWithSegments(Routes.Hangfire);
        // At the last moment: an answer that becomes a problem's page loses the headers that it had.
        context.Response.OnStarting(() =>
        {
            Add(context, hangfire ? HangfirePolicy : Policy);
            return Task.CompletedTask;
        });
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = LargestBody;
        return next(context);
    }

    private static void Add(HttpContext context, string policy)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
    }
}
