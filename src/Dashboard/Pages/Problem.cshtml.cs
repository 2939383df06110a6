using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Pipeline.Dashboard.Pages;

/// <summary>Stands in for a page that could not be shown; asked for directly, there is nothing.</summary>
[IgnoreAntiforgeryToken]
public sealed class ProblemModel : PageModel
{
    public int Status { get; private set; }

    public void OnGet() => Explain();

    public void OnPost() => Explain();

    private void Explain()
    {
        bool standsIn = HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is not null || HttpContext.Features.Get<IExceptionHandlerFeature>() is not null;
        if (!standsIn)
            Response.StatusCode = StatusCodes.Status404NotFound;
        Status = Response.StatusCode;
    }
}
