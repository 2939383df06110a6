using System.Security.Claims;
using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.Door;

/// <summary>
/// Finds out who a request is from. Who is not signed in gets the sign-in form in place of the page, with status 401; before there is
/// an operator, a page that says how to make one.
/// </summary>
internal sealed class DashboardDoor(RequestDelegate next, OperatorStore operators, SessionStore sessions)
{
    /// <summary>The place that the sign-in form leads back to.</summary>
    public const string WantedItem = "pipeline.wanted";

    public async Task InvokeAsync(HttpContext context)
    {
        // Neither style sheet nor script, nor what stands in for a page when MySQL is away, is worth a question to MySQL.
        if (IsFile(context.Request.Path) || Outages.IsMet(context))
        {
            await next(context);
            return;
        }
        if (await SessionCookie.FindAsync(context, sessions) is { } session)
        {
            context.Features.Set(session);
            context.User = new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ClaimTypes.NameIdentifier, $"{session.Id}"), new Claim(ClaimTypes.Name, session.Name)], "session"));
        }
        else if (!IsOpen(context.Request.Path))
        {
            bool any = await operators.AnyEnrolledAsync(context.RequestAborted);
            if (any && !context.Request.Path.Equals(Routes.SignIn))
                Show(context, Routes.SignIn, StatusCodes.Status401Unauthorized);
            else if (!any)
                Show(context, Routes.Welcome, StatusCodes.Status503ServiceUnavailable);
        }
        await next(context);
    }

    private static bool IsFile(PathString path) => path.Equals("/dashboard.css") || path.Equals("/dashboard.js");

    private static bool IsOpen(PathString path) => path.Equals("/language") || path.StartsWithSegments("/enrol");

    private static void Show(HttpContext context, string page, int status)
    {
        if (HttpMethods.IsGet(context.Request.Method))
            context.Items[WantedItem] = context.Request.PathBase + context.Request.Path + context.Request.QueryString;
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Session";
        context.Response.StatusCode = status;
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = page;
        context.Request.QueryString = QueryString.Empty;
    }
}
