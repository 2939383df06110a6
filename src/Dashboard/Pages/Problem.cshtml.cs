using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;

namespace Pipeline.Dashboard.Pages;

/// <summary>Stands in for a page that could not be shown; asked for directly, there is nothing. Asks no server for anything.</summary>
[IgnoreAntiforgeryToken]
public sealed class ProblemModel : PageModel
{
    public int Status { get; private set; }

    /// <summary>The server that does not answer; null where that is not the problem.</summary>
    public string? Server { get; private set; }

    /// <summary>The page that could not be shown; null where asking for it again would not be the same.</summary>
    public string? Wanted { get; private set; }

    public void OnGet() => Explain();

    public void OnPost() => Explain();

    private void Explain()
    {
        var met = HttpContext.Features.Get<IExceptionHandlerPathFeature>();
        if (HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is null && met is null)
            Response.StatusCode = StatusCodes.Status404NotFound;
        Status = Response.StatusCode;
        Server = Outages.Server(met?.Error);
        if (Server is null)
            return;
        Outages.AskLater(Response);
        if (HttpMethods.IsGet(Request.Method))
            Wanted = met!.Path + Request.QueryString;
    }
}
