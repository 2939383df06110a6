using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Dashboard.Door;
using Pipeline.Storage.MySql.Alarms;

namespace Pipeline.Dashboard.Pages;

public sealed class SeenAlarmModel(AlarmDesk alarms) : PageModel
{
    public async Task<IActionResult> OnPostAsync(long id)
    {
        await alarms.SeeAsync(id, HttpContext.Actor(), HttpContext.RequestAborted);
        return LocalRedirect("/");
    }
}
