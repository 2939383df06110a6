using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pipeline.Storage.MySql.Erasures;

namespace Pipeline.Dashboard.Pages;

/// <summary>An erasure's certificate, and how far it is before it is one.</summary>
public sealed class OneErasureModel(ErasureStore erasures) : PageModel
{
    public Erasure? Found { get; private set; }

    /// <summary>Where, what in English, and how many there were; null where it was not looked yet.</summary>
    public IEnumerable<(string Where, string What, long? Count)> Rows =>
    [
        ("MongoDB", "events", Found!.Events),
        ("MongoDB", "bytes of refused events", Found.RefusedEvents),
        ("MySQL", "lists of all kept generations", Found.Lists),
        ("Redis", "lists of all kept generations", Found.CachedLists),
        ("MySQL", "models marked: they may have learned from the member, and are promoted no more", Found.Models),
    ];

    public async Task<IActionResult> OnGetAsync(long id)
    {
        Found = await erasures.FindAsync(id, HttpContext.RequestAborted);
        return Found is null ? NotFound() : Page();
    }
}
