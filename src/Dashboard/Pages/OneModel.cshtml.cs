using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Models;

namespace Pipeline.Dashboard.Pages;

public sealed class OneModelModel(ModelHistory models) : PageModel
{
    public ModelRecord? Found { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id)
    {
        Found = await models.FindAsync(id, HttpContext.RequestAborted);
        return Found is null ? NotFound() : Page();
    }
}
