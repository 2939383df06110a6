using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Routing;
using Pipeline.Storage.MySql.Audit;

namespace Pipeline.Dashboard.Door;

/// <summary>Holds every request against the one table of routes, and every change against its antiforgery token.</summary>
internal sealed class RouteGuard(RequestDelegate next, IAntiforgery antiforgery, AuditTrail audit)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (await RefusalAsync(context) is { } status)
        {
            context.SetEndpoint(null);
            context.Response.StatusCode = status;
            return;
        }
        await next(context);
    }

    /// <summary>The status of a refusal, or null.</summary>
    private async Task<int?> RefusalAsync(HttpContext context)
    {
        var request = context.Request;
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (Routes.Find((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText) is not { } route)
            return StatusCodes.Status404NotFound;
        var need = reads ? route.Read : HttpMethods.IsPost(request.Method) ? route.Change : Need.Nothing;
        bool hangfire = request.Path.StartsWithSegments(Routes.Hangfire);
        bool figures = request.Path.Equals(Routes.HangfireFigures);
        if (!reads && figures)
            need = route.Read;
        if (need == Need.Nothing)
            return StatusCodes.Status405MethodNotAllowed;
        if (!Routes.Suffices(context.Session()?.Role, need))
            return StatusCodes.Status403Forbidden;
        // A problem's page is shown in place of what was posted, and does nothing. A token is no cookie that somebody's page could make a browser send.
        if (route.Pattern == Routes.Problem || TokenDoor.Guards(context))
            return null;
        try
        {
            if (!await antiforgery.IsRequestValidAsync(context))
                return StatusCodes.Status400BadRequest;
        }
        catch (BadHttpRequestException error)
        {
            return error.StatusCode;
        }
        catch (InvalidDataException)
        {
            // A form with a NUL in it, or with more fields than anybody has.
            return StatusCodes.Status400BadRequest;
        }
        if (hangfire && !reads && !figures)
            await RecordAsync(context);
        return null;
    }

    /// <summary>Hangfire keeps no record of who did what.</summary>
    private async Task RecordAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        string asked = string.Join(", ", form.Where(field => field.Key != BoundAntiforgery.FieldName).Select(field => $"{field.Key}={field.Value}"));
        var actor = context.Actor();
        await audit.RecordAsync(actor.Did(AuditActions.Hangfire, context.Request.Path, null, asked), context.RequestAborted);
    }
}
