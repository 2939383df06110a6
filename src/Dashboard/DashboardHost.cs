using System.Reflection;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.WebEncoders;
using Pipeline.Dashboard.Api;
using Pipeline.Dashboard.Door;
using Pipeline.Dashboard.Live;
using Pipeline.Dashboard.SignIn;
using Pipeline.Dashboard.Texts;
using Pipeline.Dashboard.Watching;
using Pipeline.Storage.MySql;
using Pipeline.Storage.MySql.Audit;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard;

/// <summary>Puts the dashboard into a host that has a <see cref="Database"/> and a <see cref="TimeProvider"/>.</summary>
public static class DashboardHost
{
    /// <summary>Operators and the audit, for commands as well as for the pages.</summary>
    public static IServiceCollection AddOperators(this IServiceCollection services, DashboardSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddSingleton(settings);
        services.AddSingleton(_ => DashboardKey.Read(settings.KeyFile) ?? throw new IOException(
            settings.KeyFile is null ? "no file with the dashboard's key is named" : $"{settings.KeyFile}, the file with the dashboard's key, is not there"));
        services.AddSingleton(provider => new AuditAnchor(
            settings.AuditAnchor, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AuditAnchor>>()));
        services.AddSingleton(provider => new AuditChain(provider.GetRequiredService<DashboardKey>().Derive("audit")));
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<AuditVerifier>();
        services.AddSingleton<AnchorWatch>();
        services.AddSingleton<OperatorStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<AttemptStore>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<Enrolment>();
        services.AddSingleton<EarlyAttempts>();
        services.AddSingleton<SignInDesk>();
        return services;
    }

    /// <summary>The pages; <see cref="AddOperators"/> comes first.</summary>
    public static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddScoped<Words>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<IngestWatch>();
        services.AddSingleton<ReplayDesk>();
        services.AddHostedService(provider => provider.GetRequiredService<IngestWatch>());
        services.AddOpenApi("openapi", ApiDocument.Describe);
        services.AddSingleton<IAntiforgery, BoundAntiforgery>();
        // Korean stands in the pages as itself; every other letter beyond Latin is written as a reference.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(
            UnicodeRanges.BasicLatin, UnicodeRanges.Latin1Supplement, UnicodeRanges.HangulSyllables));
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = RequestRates.Limiter();
            limiter.OnRejected = RequestRates.RefuseAsync;
        });
        services.AddRazorPages().ConfigureApplicationPartManager(manager =>
        {
            var home = typeof(DashboardHost).Assembly;
            manager.ApplicationParts.Clear();
            foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(home).GetApplicationParts(home))
                manager.ApplicationParts.Add(part);
        });
        return services;
    }

    /// <summary>Stands in front of everything but the host's own probes.</summary>
    /// <param name="probes">Paths that stay as the host has them.</param>
    public static void UseDashboard(this WebApplication app, params PathString[] probes)
    {
        var settings = app.Services.GetRequiredService<DashboardSettings>();
        bool Guarded(HttpContext context) => !Array.Exists(probes, probe => context.Request.Path.StartsWithSegments(probe));
        if (DashboardKey.Read(settings.KeyFile) is null)
        {
            app.Logger.LogWarning("The dashboard is closed: there is no file with its key");
            app.UseWhen(Guarded, closed => closed.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return context.Response.WriteAsync("The dashboard is closed: it has no file with its key.\n", context.RequestAborted);
            }));
            app.UseRouting();
            return;
        }
        app.UseWhen(Guarded, dashboard =>
        {
            dashboard.UseForwardedHeaders(Forwarding(settings));
            dashboard.UseMiddleware<SecurityHeaders>();
            dashboard.UseMiddleware<NetworkLists>();
            dashboard.UseRateLimiter();
            dashboard.UseHaste();
            dashboard.UseWhen(TokenDoor.Guards, api =>
            {
                api.UseExceptionHandler(Outages.ForPrograms());
                api.UseMiddleware<TokenDoor>();
            });
            dashboard.UseWhen(context => !TokenDoor.Guards(context), pages =>
            {
                pages.UseExceptionHandler(Outages.ForPages());
                pages.UseMiddleware<DashboardDoor>();
                pages.UseStatusCodePagesWithReExecute(Routes.Problem, "?status={0}");
            });
        });
        app.UseRouting();
        app.UseWhen(Guarded, dashboard => dashboard.UseMiddleware<RouteGuard>());
    }

    /// <summary>Whether who asks may run jobs and cancel them.</summary>
    public static bool MayOperate(this HttpContext context) => Routes.Suffices(context.Session()?.Role, Need.Scientist);

    /// <summary>Whether who asks may change the timetable and what is served, and so act on Hangfire's pages, where everything stands side by side.</summary>
    public static bool MayPlan(this HttpContext context) => Routes.Suffices(context.Session()?.Role, Need.Releaser);

    /// <summary>Maps the pages and their two files.</summary>
    public static void MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRazorPages();
        endpoints.MapApi();
        endpoints.MapOpenApi("/api/{documentName}.json");
        endpoints.MapGet(LiveFeed.Path, (LiveFeed feed, HttpContext context) => feed.SendAsync(context));
        MapFile(endpoints, "dashboard.css", "text/css; charset=utf-8");
        MapFile(endpoints, "dashboard.js", "text/javascript; charset=utf-8");
    }

    /// <summary>What a proxy says is believed from the configured ones only, through any number of them.</summary>
    private static ForwardedHeadersOptions Forwarding(DashboardSettings settings)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = settings.Forwarders.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.Forwarders)
            options.KnownIPNetworks.Add(network);
        return options;
    }

    private static void MapFile(IEndpointRouteBuilder endpoints, string name, string type)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var tag = new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
        endpoints.MapGet("/" + name, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(bytes, type, entityTag: tag);
        });
    }
}
